/**
 * What the core needs of the program that carries it. Electron, browser mode and the command line each supply it; the
 * core knows none of them. What a host cannot do it leaves out.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { Clock } from '#base/clock.ts';
import type { SystemVersion } from '#contract/app/content-calls.ts';
import type { TrayCorner } from '#contract/app/tray-calls.ts';
import type { EngineProcess } from '#contract/engine/engine-process.ts';
import type { Problem } from '#contract/protection-codes.ts';
import type { FolderWatching } from '#services/watcher/folder-watching.ts';
import type { MachineState } from '#services/scheduler/schedule-types.ts';

export type PowerAndNetwork = Pick<MachineState, 'power' | 'isBatteryLow' | 'network'>;

export interface HostPorts {
  readonly name: 'electron' | 'browser' | 'commandLine';
  readonly version: string;
  readonly clock: Clock;
  /** Random bytes for ids. */
  randomBytes(size: number): Uint8Array;
  /** IANA name; asked anew each time, people travel. */
  zone(): string;
  startEngine(): EngineProcess;
  /** Absent where nobody stays to watch, as on the command line. */
  startWatching?(): FolderWatching & { stop(): Promise<void> };
  /** This core is there for one command: it runs what a person asks for, and leaves the rest to one that stays. */
  readonly onlyAsked?: boolean;
  /** As the system says now. */
  powerAndNetwork(): PowerAndNetwork;
  /** Which system this is; absent: what it says of itself. */
  system?(): SystemVersion | undefined;
  /** Power, network or drives may have changed, or the machine woke: look again. @returns how to stop listening */
  onMachineChange(
    listener: (what: 'power' | 'network' | 'drives' | 'resumed' | 'suspending') => void,
  ): () => void;
  /** Tells the person; `isOver`: takes it back. */
  notify?(problem: Problem, isOver: boolean): void;
  /** While something runs. */
  keepAwake?(isOn: boolean): void;
  /** A dialog of the system; null: the person chose none. */
  chooseFolder?(): Promise<ByteString | null>;
  /** Where something is to be saved: a dialog of the system, which asks before a file is replaced. Null: nowhere. */
  chooseFile?(name: string): Promise<string | null>;
  /** With the system's program for its kind. @throws files.notOpened */
  openFile?(file: string): Promise<void>;
  /** In the system's file manager, the file or folder marked. */
  showInFolder?(file: string): void;
  /** Where its icon is beside the clock; null: this desktop shows none. */
  trayCorner?(): Promise<TrayCorner | null>;
  readonly autostart?: { get(): boolean; set(isOn: boolean): void };
  /** For the log, without secrets. */
  log(level: 'info' | 'warn' | 'error', text: string): void;
}
