/** The built command line on a profile of its own, without a keychain: as on a server. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PROGRAM = path.resolve(import.meta.dirname, '../../bin/tidemark');

export interface ProgramEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class ProfileProgram {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'tidemark-program-'));
  readonly profile = path.join(this.folder, 'profile');
  readonly #started: ChildProcess[] = [];

  /** Runs to its end. */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ProgramEnd> {
    const child = this.start(args, env);
    const texts = { stdout: '', stderr: '' };
    child.stdout?.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...texts };
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    const own = Object.entries(process.env).filter(([name]) => !/^(TIDEMARK|DBUS|XDG)_/.test(name));
    const child = spawn(PROGRAM, args, {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...Object.fromEntries(own), HOME: this.folder, TIDEMARK_PROFILE: this.profile, ...env },
    });
    this.#started.push(child);
    return child;
  }

  /** `tidemark serve`; resolves with its first link. */
  async serve(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    const pages = this.makeFolder('pages');
    writeFileSync(path.join(pages, 'index.html'), '<!doctype html><title>small page</title>');
    const child = this.start(['serve', '--json', '--pages', pages, ...args], env);
    const [line] = (await Promise.race([
      once(child.stdout as NodeJS.ReadableStream, 'data'),
      once(child, 'close').then(() => {
        throw new Error('serve has ended');
      }),
    ])) as [Buffer];
    const { link, port } = JSON.parse(line.toString()) as { link: string; port: number };
    return { child, link, port };
  }

  makeFolder(name: string): string {
    const made = path.join(this.folder, name);
    mkdirSync(made, { recursive: true });
    return made;
  }

  async close(): Promise<void> {
    for (const child of this.#started.filter(
      ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
    )) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
