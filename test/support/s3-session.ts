/** Keys that are valid for an hour only, with a session token, from the security token service of the tests' S3 server. */
import { createHash, createHmac } from 'node:crypto';
import { OWNER_KEYS, type S3Keys, type S3Server } from '#test/support/s3-server.ts';

const ANYTHING = { Effect: 'Allow', Action: ['s3:*'], Resource: 'arn:aws:s3:::*' };

/** Of a role that the owner may take on. */
export async function sessionKeys(server: S3Server): Promise<S3Keys> {
  const principal = { AWS: ['arn:aws:iam:::user/owner'] };
  const mayTakeOn = { Effect: 'Allow', Principal: principal, Action: ['sts:AssumeRole'] };
  await server.admin('role', 'create', '--role-name=saver', `--assume-role-policy-doc=${policy(mayTakeOn)}`);
  const role = ['--role-name=saver', '--policy-name=anything', `--policy-doc=${policy(ANYTHING)}`];
  await server.admin('role-policy', 'put', ...role);
  const answer = await askForRole(server);
  const field = (name: string): string => {
    const value = new RegExp(`<${name}>([^<]+)</${name}>`).exec(answer)?.[1];
    if (value === undefined) throw new Error(`no ${name} in ${answer}`);
    return value;
  };
  return {
    accessKeyId: field('AccessKeyId'),
    secretAccessKey: field('SecretAccessKey'),
    sessionToken: field('SessionToken'),
  };
}

function policy(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

/** Signed by hand: version 4, as Amazon's manual writes it down. */
async function askForRole(server: S3Server): Promise<string> {
  const body = new URLSearchParams({
    Action: 'AssumeRole',
    RoleArn: 'arn:aws:iam:::role/saver',
    RoleSessionName: 'test',
    Version: '2011-06-15',
  }).toString();
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/us-east-1/sts/aws4_request`;
  const host = `${server.host}:${String(server.port)}`;
  const names = 'content-type;host;x-amz-date';
  const type = 'application/x-www-form-urlencoded; charset=utf-8';
  const request = ['POST', '/', '', `content-type:${type}`, `host:${host}`, `x-amz-date:${time}`, '', names];
  const canonical = [...request, sha256(body)].join('\n');
  const key = scope
    .split('/')
    .reduce<Buffer | string>((parent, part) => hmac(parent, part), `AWS4${OWNER_KEYS.secretAccessKey}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString(
    'hex',
  );
  const credential = `Credential=${OWNER_KEYS.accessKeyId}/${scope}`;
  const answer = await fetch(server.endpoint, {
    method: 'POST',
    headers: {
      'content-type': type,
      'x-amz-date': time,
      authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`,
    },
    body,
  });
  return answer.text();
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
