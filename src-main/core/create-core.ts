/**
 * Puts a core together: state, engine process, jobs, routine, watcher, and what serves windows. The only wiring; who owns
 * what stands in the parts themselves. One core per profile: the state's lock sees to that.
 */
import { hostname } from 'node:os';
import path from 'node:path';
import { isTidemarkError } from '#base/errors.ts';
import { appCalls, appTopics, type AppCalls, type AppTopics } from '#contract/app/app-calls.ts';
import type { MirrorParts } from '#contract/app/mirror-values.ts';
import { jobId, placeId, planId, type PlaceId } from '#contract/app/values.ts';
import type { Channel } from '#contract/calls/channel.ts';
import { createChannelPair } from '#contract/calls/channel.ts';
import { createCallClient } from '#contract/calls/create-call-client.ts';
import { serveCalls, type ServedChannel } from '#contract/calls/serve-calls.ts';
import { EngineLink } from '#services/engine-link/engine-link.ts';
import { GivenKeys } from '#services/given-keys/given-keys.ts';
import { HandOuts } from '#services/hand-outs/hand-outs.ts';
import { KeyCopies } from '#services/key-copies/key-copies.ts';
import { JobQueue } from '#services/jobs/job-queue.ts';
import type { JobWorks } from '#services/jobs/job-work.ts';
import { backupWork } from '#services/jobs/kinds/backup-work.ts';
import { isBetterBroughtLater } from '#services/jobs/kinds/bring-version.ts';
import { atPace } from '#services/jobs/kinds/at-pace.ts';
import { handOutWork } from '#services/jobs/kinds/hand-out-work.ts';
import { restoreWork, undoWork } from '#services/jobs/kinds/restore-works.ts';
import {
  cleanUpWork,
  readHistoryWork,
  saveSettingsWork,
  thinOutWork,
  verifyWork,
  mendWork,
} from '#services/jobs/kinds/upkeep-works.ts';
import { eraseWork, exportWork, labelWork } from '#services/jobs/kinds/version-works.ts';
import type { WorkParts } from '#services/jobs/kinds/work-parts.ts';
import { Routine } from '#services/routine/routine.ts';
import { appendActivity, type Activity } from '#services/state/activity-table.ts';
import { listJobs, type Job } from '#services/state/jobs-table.ts';
import { listPlaces } from '#services/state/places-table.ts';
import { listPlans } from '#services/state/plans-table.ts';
import { getSetting, putSetting } from '#services/state/settings-table.ts';
import { StateFile } from '#services/state/state-file.ts';
import { settingsDigest, settingsFiles } from '#services/travelling-settings/travelling-settings.ts';
import { appHandlers } from './app-handlers.ts';
import { handOutFolder } from './cache-folder.ts';
import type { CoreParts } from './core-parts.ts';
import type { Core } from './core.ts';
import { writeHeartbeat } from './heartbeat.ts';
import type { HostPorts } from './host-ports.ts';
import { measureFolders } from './measure-folders.ts';
import { MirrorKeeper, toJobValue, type MirrorMoved } from './mirror-keeper.ts';
import { getWindowSettings } from './settings-handlers.ts';
import { SecretStates, toPlaceValue } from './place-values.ts';
import { machineFiles } from './machine/machine-files.ts';
import { readSystem } from './machine/read-system.ts';
import { runProgram } from './run-program.ts';
import { PlanWatching } from './plan-watching.ts';

/** Ended jobs that windows see at once; older ones are asked for. */
const RECENT_JOBS = 20;
const ID_BYTES = 16;
/** After these the catalogue is behind the place. */
const CHANGES_HISTORY: ReadonlySet<string> = new Set(['backup', 'erase', 'mend']);

/** @throws state.profileInUse, state.fileCorrupt, state.schemaTooNew, storage.* */
export async function createCore(profileFolder: string, ports: HostPorts): Promise<Core> {
  const state = await StateFile.open({
    folder: profileFolder,
    clock: ports.clock,
    onSaveFailed: (error) => ports.log('error', `the state cannot be saved: ${error.code}`),
  });
  try {
    return await assemble(profileFolder, ports, state);
  } catch (error) {
    await state.close();
    throw error;
  }
}

async function assemble(profileFolder: string, ports: HostPorts, state: StateFile): Promise<Core> {
  const { clock } = ports;
  const newId = (): string => Buffer.from(ports.randomBytes(ID_BYTES)).toString('hex');
  let isEnding = false;
  const onUnexpected = (error: unknown): void => {
    // What the engine was asked in the background and has not answered: a keychain, a place that hangs.
    if (isEnding && isTidemarkError(error, 'internal.connectionLost')) return;
    ports.log('error', error instanceof Error ? (error.stack ?? error.message) : String(error));
  };
  const note = (kind: string, data: Activity['data']): void =>
    void state.commitSoon((writer) => appendActivity(writer, { atMs: clock.nowMs(), kind, data }));
  const engine = new EngineLink({ start: () => ports.startEngine(), log: ports.log });
  const secrets = new SecretStates();
  const recent: Job[] = [];
  const watching = new PlanWatching({
    clock,
    watching: ports.startWatching?.(),
    lastFullWalkMs: (plan, place) => routine.lastFullWalkMs(plan, place),
    onWanted: (plan) => void routine.wantRun(plan).catch(onUnexpected),
    onStatus: () => mirror.changed(),
  });

  const keyCopies = new KeyCopies({ state, engine, onChange: () => routine.poke() });
  const givenKeys = new GivenKeys({ state, engine, keyCopies, onUnexpected });
  const handOuts = new HandOuts(handOutFolder(profileFolder), clock);
  const work: WorkParts = {
    state,
    clock,
    zone: () => ports.zone(),
    engine,
    system: () => {
      const system = ports.system === undefined ? readSystem(machineFiles()) : ports.system();
      return system && { ...system, hostname: hostname() };
    },
    hints: watching,
    runProgram,
    keyCopies,
    givenKeys,
    handOuts,
    damageIn: (id) => routine.damageIn(id),
    keptFolder: keptFolder(profileFolder),
    settings: () =>
      state.read((reader) => ({
        files: settingsFiles(reader, clock.nowMs(), hostname()),
        digest: settingsDigest(reader),
      })),
    readHistory,
    note,
  };
  const queue = new JobQueue({
    state,
    clock,
    zone: () => ports.zone(),
    newJobId: () => jobId.parse(newId()),
    works: worksOf(work),
    onlyAsked: ports.onlyAsked ?? false,
    isBetterLater: (waiting, queuedAtMs, running) =>
      state.read((reader) => isBetterBroughtLater(reader, waiting, running, clock.nowMs() - queuedAtMs)),
    onChange: (job) => {
      routine.noteJob(job);
      ports.keepAwake?.(queue.active().some(({ row }) => row.state === 'running'));
      mirror.changed();
    },
    onEnded: (job) => {
      recent.unshift(job);
      recent.length = Math.min(recent.length, RECENT_JOBS);
      ports.log(job.error === null ? 'info' : 'warn', endText(job));
      note(`${job.kind}Ended`, { jobId: job.id, state: job.state, error: job.error?.code ?? null });
      routine.jobEnded(job);
      if (job.placeId === null || (job.state !== 'done' && job.state !== 'doneExcept')) return;
      const { placeId } = job;
      if (CHANGES_HISTORY.has(job.kind)) readHistory(placeId);
      // A repair gives up on settings that are lost.
      if (job.kind === 'mend')
        void queue.add({ kind: 'saveSettings', placeId }, 'upkeep').catch(onUnexpected);
    },
    onUnexpected,
  });
  function readHistory(placeId: PlaceId): void {
    void queue.add({ kind: 'readHistory', placeId }, 'upkeep').catch(onUnexpected);
  }
  const channels = new Set<ServedChannel<AppTopics>>();
  const routine: Routine = new Routine({
    state,
    clock,
    zone: () => ports.zone(),
    queue,
    engine,
    keyCopies,
    powerAndNetwork: () => ports.powerAndNetwork(),
    notify: (problem, isOver) => {
      ports.notify?.(problem, isOver);
      for (const channel of channels) channel.publish('notice', { problem: toPlain(problem), isOver });
    },
    onChange: () => mirror.changed(),
    heartbeat: (atMs, health) =>
      writeHeartbeat(path.join(profileFolder, 'heartbeat.json'), { atMs, health, names: namesOf(state) }),
    onWoke: () => watching.woke(),
    onUnexpected,
  });
  const mirror = new MirrorKeeper(clock, () => makeMirror());

  function makeMirror(): MirrorParts {
    const [plans, places] = [state.read(listPlans), state.read(listPlaces)];
    const active = queue.active().map((job) => toJobValue(job.row, job));
    const activeIds = new Set(active.map(({ id }) => id));
    return {
      plans: plans as unknown as MirrorParts['plans'],
      places: places.map((place) =>
        toPlaceValue(place, routine.presence.stateOf(place), secrets.get(place.id)),
      ),
      jobs: [...active, ...recent.filter(({ id }) => !activeIds.has(id)).map((job) => toJobValue(job))],
      health: toPlain(routine.health),
      next: [
        ...routine.waiting.map(({ planId, placeId, wait, untilMs }) =>
          toNext(planId, placeId, untilMs ?? null, wait),
        ),
        ...routine.upcoming.map(({ planId, placeId, atMs }) => toNext(planId, placeId, atMs, null)),
      ],
      watch: watching.statuses(),
      machine: ports.powerAndNetwork(),
      pause: state.read((reader) => getSetting(reader, 'pause')) ?? null,
      settings: state.read(getWindowSettings),
    };
  }

  const parts: CoreParts = {
    ports,
    state,
    engine,
    queue,
    routine,
    mirror,
    secrets,
    keyCopies,
    givenKeys,
    handOuts,
    profileFolder,
    keptFolder: keptFolder(profileFolder),
    newId,
    note,
    changed: () => {
      watching.update(state.read(listPlans));
      routine.poke();
      mirror.changed();
    },
    measureFolders,
  };
  const handlers = appHandlers(parts);
  await makeInstallationId(state, newId);
  // What the core before this one handed out.
  await handOuts.clear();
  await queue.open();
  // Only now: what a crash cut off has ended as well, and what waits is the queue's.
  const ended = state.read((reader) => listJobs(reader, { limit: RECENT_JOBS })).filter(hasEnded);
  recent.push(...ended.filter(({ id }) => !recent.some((job) => job.id === id)));
  watching.update(state.read(listPlans));
  routine.start();
  const stopListening = ports.onMachineChange((what) => {
    if (what !== 'suspending') routine.machineChanged(what);
  });
  void askForSecrets(parts).catch(onUnexpected);
  const stopMirror = mirror.onMoved((moved) => {
    for (const channel of channels)
      channel.publish('mirror', { revision: moved.revision, parts: moved.parts });
  });

  function connect(channel: Channel): void {
    const served = serveCalls(channel, appCalls, appTopics, handlers, { onUnexpected });
    channels.add(served);
    channel.onClose(() => channels.delete(served));
  }
  const [own, ownServer] = createChannelPair();
  connect(ownServer);

  return {
    connect,
    calls: createCallClient<AppCalls, AppTopics>(own, appCalls).calls,
    mirror: () => mirror.get(),
    onMirrorChange: (listener) => mirror.onMoved(({ whole }: MirrorMoved) => listener(whole)),
    publish: (topic, payload) => {
      for (const channel of channels) channel.publish(topic, payload as never);
    },
    close: async () => {
      stopListening();
      stopMirror();
      mirror.close();
      await watching.close();
      await routine.close();
      await queue.close();
      await handOuts.close();
      isEnding = true;
      engine.close();
      await state.close();
    },
  };
}

function worksOf(work: WorkParts): JobWorks {
  return {
    backup: atPace(work, backupWork(work)),
    restore: atPace(work, restoreWork(work)),
    undo: undoWork(work),
    verify: atPace(work, verifyWork(work)),
    mend: atPace(work, mendWork(work)),
    thinOut: thinOutWork(work),
    cleanUp: atPace(work, cleanUpWork(work)),
    saveSettings: saveSettingsWork(work),
    readHistory: atPace(work, readHistoryWork(work)),
    label: labelWork(work),
    erase: atPace(work, eraseWork(work)),
    export: atPace(work, exportWork(work)),
    handOut: atPace(work, handOutWork(work)),
  };
}

/** What was damaged in a place is kept here before it goes. */
function keptFolder(profileFolder: string): string {
  return path.join(profileFolder, 'kept');
}

/** Codes and ids only: names and paths are nobody's business in a log. */
function endText({ kind, id, placeId: place, state, error }: Job): string {
  return `${kind} ${id} to ${place ?? 'nowhere'}: ${state}${error === null ? '' : ` (${error.code})`}`;
}

function hasEnded({ endedAtMs }: Job): boolean {
  return endedAtMs !== null;
}

async function makeInstallationId(state: StateFile, newId: () => string): Promise<void> {
  if (state.read((reader) => getSetting(reader, 'installationId')) !== undefined) return;
  await state.commit((writer) => putSetting(writer, 'installationId', newId()));
}

/** In the background: a keychain may take its time, or ask the person. */
async function askForSecrets({ state, engine, secrets, mirror }: CoreParts): Promise<void> {
  for (const place of state.read(listPlaces)) {
    const access = { placeId: place.id, location: '', repositoryId: place.repositoryId };
    secrets.note(place.id, await engine.calls['place.secretState']({ access }));
    mirror.changed();
  }
}

function namesOf(state: StateFile): Readonly<Record<string, string>> {
  const named = state.read((reader) => [...listPlans(reader), ...listPlaces(reader)]);
  return Object.fromEntries(named.map(({ id, name }) => [id, name]));
}

function toNext(
  plan: string,
  place: string,
  atMs: number | null,
  wait: string | null,
): MirrorParts['next'][number] {
  return { planId: planId.parse(plan), placeId: placeId.parse(place), atMs, wait };
}

/** Of readonly lists a value that the contract's types take. */
function toPlain<T>(value: unknown): T {
  return structuredClone(value) as T;
}
