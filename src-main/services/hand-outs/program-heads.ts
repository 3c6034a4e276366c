/** Whether a file is a program or a script by its first bytes, whatever it is called. */
import { open } from 'node:fs/promises';

/** ELF; DOS and Windows; Mach-O in both orders, 32 and 64 bits, and for several processors (also Java); WebAssembly; a script. */
const HEADS = [
  '7f454c46',
  '4d5a',
  'feedface',
  'feedfacf',
  'cefaedfe',
  'cffaedfe',
  'cafebabe',
  '0061736d',
  '2321',
];
/** A shortcut of Windows: the size of its head, and the first bytes of its class. Source: [MS-SHLLINK]. */
const SHORTCUT = '4c00000001140200';
/** What a Linux desktop starts; it may begin with a comment. */
const DESKTOP_ENTRY = /^(?:\s*(?:#[^\n]*)?\n)*\s*\[Desktop Entry\]/;
const HEAD_BYTES = 1024;

/** @throws what reading throws */
export async function hasProgramHead(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    const hex = head.toString('hex');
    return (
      [...HEADS, SHORTCUT].some((start) => hex.startsWith(start)) ||
      DESKTOP_ENTRY.test(head.toString('latin1'))
    );
  } finally {
    await handle.close();
  }
}
