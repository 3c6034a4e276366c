/**
 * What the commands need of the engine, and nothing more: one file per kind of call lies in `calls/`. `connect-engine.ts`
 * is the one place where real functions are put behind them; the tests of the commands put their own.
 * Every call opens what it needs and leaves nothing open or locked, also when it fails or its signal fires.
 * Errors are TidemarkErrors. Paths and names are ByteStrings; times RFC 3339 as stored.
 */
import type { BackupCalls } from './calls/backup.ts';
import type { CheckCalls } from './calls/check.ts';
import type { CopyCalls } from './calls/copy.ts';
import type { DiffCalls } from './calls/diff.ts';
import type { FindCalls } from './calls/find.ts';
import type { ForgetCalls } from './calls/forget.ts';
import type { KeyCalls } from './calls/keys.ts';
import type { PruneCalls } from './calls/prune.ts';
import type { ReadingCalls } from './calls/reading.ts';
import type { RecoverCalls } from './calls/recover.ts';
import type { RepairIndexCalls } from './calls/repair-index.ts';
import type { RepairPacksCalls } from './calls/repair-packs.ts';
import type { RepairSnapshotsCalls } from './calls/repair-snapshots.ts';
import type { RestoreCalls } from './calls/restore.ts';
import type { RewriteCalls } from './calls/rewrite.ts';
import type { TagCalls } from './calls/tag.ts';
import type { UndoCalls } from './calls/undo.ts';
import type { UpkeepCalls } from './calls/upkeep.ts';

export interface EngineCalls
  extends
    BackupCalls,
    CheckCalls,
    CopyCalls,
    DiffCalls,
    FindCalls,
    ForgetCalls,
    KeyCalls,
    PruneCalls,
    ReadingCalls,
    RecoverCalls,
    RepairIndexCalls,
    RepairPacksCalls,
    RepairSnapshotsCalls,
    RestoreCalls,
    RewriteCalls,
    TagCalls,
    UndoCalls,
    UpkeepCalls {}
