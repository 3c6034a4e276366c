/** Which Electron the end-to-end tests run on: the real one where its binary is, else the test host. Never a skip. */
import path from 'node:path';
import { findElectron } from '../../../scripts/find-electron.mjs';

export const ROOT = path.resolve(import.meta.dirname, '../../..');
const TEST_HOST = path.join(ROOT, 'test/test-host/electron');

interface Target {
  readonly name: 'electron' | 'test host';
  readonly executable: string;
}

/** E2E_TARGET: `host`, `electron` (an error without the binary) or `auto`. */
export function chooseTarget(): Target {
  const wanted = process.env['E2E_TARGET'] ?? 'auto';
  if (!['host', 'electron', 'auto'].includes(wanted)) throw new Error(`E2E_TARGET=${wanted}?`);
  const binary = wanted === 'host' ? undefined : findElectron();
  if (binary !== undefined) return { name: 'electron', executable: binary };
  if (wanted === 'electron') throw new Error('E2E_TARGET=electron, but there is no Electron binary');
  return { name: 'test host', executable: TEST_HOST };
}
