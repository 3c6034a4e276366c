/** Which addresses are on the internet, and which may be in the next room. */
import { expect, test } from 'vitest';
import { isAwayFromHere } from '#renderer/features/welcome/away-from-here.ts';

test.each([
  's3:https://s3.eu-central-1.amazonaws.com/bucket',
  's3:s3.amazonaws.com/bucket/prefix',
  's3:https://minio.example.org:9000/bucket',
  'rest:https://me:word@backup.example.com:8000/mine/',
  'sftp:me@u1.your-storagebox.de:/backup',
  'sftp:me@example.org@u1.your-storagebox.de:backup',
  'sftp://me@backup.example.com:23//backup',
  'sftp://me@[2a01:4f8::1]:22//backup',
  'rest:http://203.0.113.7/',
  'rest:http://172.32.0.1/',
  'rest:http://100.128.0.1/',
  'SFTP:me@Backup.Example.COM:/x',
])('away: %s', (location) => {
  expect(isAwayFromHere(location)).toBe(true);
});

test.each([
  '/mnt/nas.example.com/backup',
  'C:\\backup',
  'local:s3.example.org',
  's3:http://localhost:9000/bucket',
  's3:nas/bucket',
  'rest:http://127.1:8000/',
  'rest:http://10.1.2.3/',
  'rest:http://172.16.0.1/',
  'rest:http://172.31.255.1/',
  'rest:http://192.168.178.20:8000/',
  'rest:http://169.254.1.1/',
  'rest:http://100.64.0.1/',
  'rest:http://[::1]:8000/',
  'rest:http://[fe80::1]/',
  'rest:http://[fd00::1]/',
  'rest:http://[::ffff:8.8.8.8]/',
  'rest:http+unix:///run/backup.example.com.sock:/mine/',
  'sftp:me@nas:/backup',
  'sftp:nas.local:/backup',
  'sftp://me@192.168.1.2:22//backup',
  'sftp://me@server.fritz.box//backup',
  'sftp:me@nas.home.arpa.:/backup',
  'rclone:drive.example.org:backup',
  'sftp:',
  'rest:http://',
])('perhaps in the next room: %s', (location) => {
  expect(isAwayFromHere(location)).toBe(false);
});
