/** Random work on the state against a plain model: after every save the file alone holds exactly what the model says. */
import fs from 'node:fs';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { ByteString } from '#base/byte-string.ts';
import { appendActivity, listActivity, verifyActivity } from '#services/state/activity-table.ts';
import { addJobTroubles, listJobTroubles } from '#services/state/job-troubles-table.ts';
import { listJobs, putJob, removeJobsEndedBefore, type Job } from '#services/state/jobs-table.ts';
import { loadState } from '#services/state/load-state.ts';
import { listPlaces, putPlace, removePlace, type Place } from '#services/state/places-table.ts';
import { listPlans, putPlan, removePlan, type Plan } from '#services/state/plans-table.ts';
import { getSetting, putSetting } from '#services/state/settings-table.ts';
import type { StateReader, StateWriter } from '#services/state/state-database.ts';
import type { StateFile } from '#services/state/state-file.ts';
import {
  listVersions,
  putVersions,
  removeVersions,
  type KnownVersion,
} from '#services/state/versions-table.ts';
import { MemoryStateDisk } from '#test/support/memory-state-disk.ts';
import {
  makeProfileFolder,
  openState,
  sampleJob,
  samplePlace,
  samplePlan,
  sampleVersion,
} from '#test/support/state.ts';

const folder = makeProfileFolder();
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Keyed as the tables are; plain values only. */
interface Model {
  plans: Record<string, Plan>;
  places: Record<string, Place>;
  jobs: Record<string, Job>;
  troubles: Record<string, ByteString[]>;
  versions: Record<string, KnownVersion>;
  pause: { sinceMs: number; untilMs: number } | null | undefined;
  activity: unknown[];
}

/** One change: on the state, and what it means. */
interface Change {
  readonly text: string;
  apply(writer: StateWriter): void;
  mirror(model: Model): void;
}

const few = (prefix: string): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: 3 }).map((at) => `${prefix}${at}`);
const time = fc.integer({ min: 0, max: 4 });
const bytes = fc.uint8Array({ maxLength: 6 }).map((raw) => Buffer.from(raw).toString('latin1') as ByteString);
const text = fc.string({ unit: 'grapheme', maxLength: 5 });

const withDetails = (work: string, detail: unknown): string => `${work} ${JSON.stringify(detail)}`;

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(few('plan'), text, fc.array(bytes, { maxLength: 3 }), time, fc.boolean()).map((made) => {
    const [id, name, folders, createdAtMs, isOn] = made;
    const plan = samplePlan(id, { name, folders, createdAtMs, isOn });
    return {
      text: withDetails('putPlan', made),
      apply: (writer) => putPlan(writer, plan),
      mirror: (model) => void (model.plans[id] = plan),
    } satisfies Change;
  }),
  few('plan').map((id) => ({
    text: `removePlan ${id}`,
    apply: (writer: StateWriter) => removePlan(writer, samplePlan(id).id),
    mirror: (model: Model) => void delete model.plans[id],
  })),
  fc.tuple(few('place'), fc.jsonValue({ maxDepth: 2 }), time).map((made) => {
    const [id, option, addedAtMs] = made;
    // JSON has no -0.
    const address = JSON.parse(JSON.stringify({ option })) as Place['address'];
    const place = samplePlace(id, { address, addedAtMs });
    return {
      text: withDetails('putPlace', made),
      apply: (writer: StateWriter) => putPlace(writer, place),
      mirror: (model: Model) => void (model.places[id] = place),
    };
  }),
  few('place').map((id) => ({
    text: `removePlace ${id}`,
    apply: (writer: StateWriter) => removePlace(writer, samplePlace(id).id),
    mirror: (model: Model) => {
      delete model.places[id];
      for (const key of Object.keys(model.versions)) if (key.startsWith(`${id}/`)) delete model.versions[key];
    },
  })),
  fc.tuple(few('job'), time, fc.option(time), fc.constantFrom('running', 'done', 'failed')).map((made) => {
    const [id, queuedAtMs, endedAtMs, state] = made as [string, number, number | null, Job['state']];
    const job = sampleJob(id, { queuedAtMs, endedAtMs, state, troubleCount: 0 });
    return {
      text: withDetails('putJob', made),
      apply: (writer: StateWriter) => putJob(writer, job),
      mirror: (model: Model) => void (model.jobs[id] = job),
    };
  }),
  fc.tuple(few('job'), fc.array(bytes, { maxLength: 3 })).map(([id, paths]) => ({
    text: withDetails('addJobTroubles', [id, paths]),
    apply: (writer: StateWriter) => {
      const error = { code: 'files.noSpace', data: { path: 'x' }, retry: 'never' } as const;
      if (listJobs(writer, { limit: 99 }).some((job) => job.id === id))
        addJobTroubles(
          writer,
          sampleJob(id).id,
          paths.map((path) => ({ path, error })),
        );
    },
    mirror: (model: Model) => {
      const job = model.jobs[id];
      if (job === undefined) return;
      model.jobs[id] = { ...job, troubleCount: job.troubleCount + paths.length };
      model.troubles[id] = [...(model.troubles[id] ?? []), ...paths];
    },
  })),
  time.map((before) => ({
    text: `removeJobsEndedBefore ${before}`,
    apply: (writer: StateWriter) => removeJobsEndedBefore(writer, before),
    mirror: (model: Model) => {
      const ended = Object.entries(model.jobs).filter(([, { endedAtMs }]) => endedAtMs !== null);
      const newest = new Map(ended.map(([id, { state }]) => [state, id]));
      for (const [id, { endedAtMs, state }] of ended) {
        if (endedAtMs! >= before || newest.get(state) === id) continue;
        delete model.jobs[id];
        delete model.troubles[id];
      }
    },
  })),
  fc
    .tuple(few('place'), fc.uniqueArray(few('snapshot'), { maxLength: 3 }), time, fc.boolean())
    .map((made) => {
      const [place, ids, timeMs, isComplete] = made;
      const versions = ids.map((id) =>
        sampleVersion(id, { placeId: samplePlace(place).id, timeMs, isComplete }),
      );
      return {
        text: withDetails('putVersions', made),
        apply: (writer: StateWriter) => {
          if (listPlaces(writer).some(({ id }) => id === place)) putVersions(writer, versions);
        },
        mirror: (model: Model) => {
          if (model.places[place] === undefined) return;
          for (const version of versions) model.versions[`${place}/${version.snapshotId}`] = version;
        },
      };
    }),
  fc.tuple(few('place'), few('snapshot')).map(([place, id]) => ({
    text: `removeVersions ${place} ${id}`,
    apply: (writer: StateWriter) => removeVersions(writer, samplePlace(place).id, [id]),
    mirror: (model: Model) => void delete model.versions[`${place}/${id}`],
  })),
  fc.option(fc.record({ sinceMs: time, untilMs: time })).map((value) => ({
    text: withDetails('pause', value),
    apply: (writer: StateWriter) => putSetting(writer, 'pause', value),
    mirror: (model: Model) => void (model.pause = value),
  })),
  fc.tuple(time, text).map(([atMs, data]) => ({
    text: withDetails('appendActivity', [atMs, data]),
    apply: (writer: StateWriter) => void appendActivity(writer, { atMs, kind: 'happened', data }),
    mirror: (model: Model) =>
      void model.activity.unshift({ number: model.activity.length + 1, atMs, kind: 'happened', data }),
  })),
);

function sorted<T>(values: readonly T[], ...keys: readonly ((value: T) => number | string)[]): T[] {
  return values.toSorted((a, b) => {
    for (const key of keys) if (key(a) !== key(b)) return key(a) < key(b) ? -1 : 1;
    return 0;
  });
}

function contentsOf(reader: StateReader): unknown {
  const jobs = listJobs(reader, { limit: 99 });
  expect(verifyActivity(reader).kind).toBe('intact');
  return {
    plans: listPlans(reader),
    places: listPlaces(reader),
    jobs,
    troubles: jobs.map(({ id }) => listJobTroubles(reader, id).map(({ path }) => path)),
    versions: [0, 1, 2, 3].map((at) => listVersions(reader, samplePlace(`place${at}`).id)),
    pause: getSetting(reader, 'pause'),
    activity: listActivity(reader, 99),
  };
}

function expectedOf(model: Model): unknown {
  const jobs = sorted(
    Object.values(model.jobs),
    (job) => job.queuedAtMs,
    (job) => job.id,
  ).reverse();
  const versions = sorted(
    Object.values(model.versions),
    (each) => each.timeMs,
    (each) => each.snapshotId,
  ).reverse();
  return {
    plans: sorted(
      Object.values(model.plans),
      (plan) => plan.createdAtMs,
      (plan) => plan.id,
    ),
    places: sorted(
      Object.values(model.places),
      (place) => place.addedAtMs,
      (place) => place.id,
    ),
    jobs,
    troubles: jobs.map(({ id }) => model.troubles[id] ?? []),
    versions: [0, 1, 2, 3].map((at) => versions.filter((each) => each.placeId === `place${at}`)),
    pause: model.pause,
    activity: model.activity,
  };
}

/** What happens around the changes. `commit` waits for the file, `soon` does not, `undone` throws in the middle. */
const step = fc.record({
  how: fc.constantFrom('commit', 'commit', 'soon', 'undone', 'flush', 'reopen'),
  changes: fc.array(change, { minLength: 1, maxLength: 4 }),
});

test(
  'whatever is done: every save holds all of it, a change undone leaves nothing',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          step.map((made) => ({
            ...made,
            toString: () => `${made.how}: ${made.changes.map((each) => each.text).join(', ')}`,
          })),
          { minLength: 1, maxLength: 15 },
        ),
        async (steps) => {
          const disk = new MemoryStateDisk(folder);
          const model: Model = {
            plans: {},
            places: {},
            jobs: {},
            troubles: {},
            versions: {},
            pause: undefined,
            activity: [],
          };
          let state: StateFile = await openState(folder, { disk });
          try {
            for (const { how, changes } of steps) {
              const all = (writer: StateWriter): void => changes.forEach((each) => each.apply(writer));
              if (how === 'commit') await state.commit(all);
              if (how === 'soon') state.commitSoon(all);
              if (how === 'undone') {
                const undone = state.commit((writer) => {
                  all(writer);
                  throw new Error('changed my mind');
                });
                await expect(undone).rejects.toThrow('changed my mind');
              }
              if (how === 'flush') await state.flush();
              if (how === 'reopen') {
                await state.close();
                state = await openState(folder, { disk });
              }
              if (how === 'commit' || how === 'soon') changes.forEach((each) => each.mirror(model));
              expect(state.read(contentsOf)).toEqual(expectedOf(model));
              if (how === 'commit' || how === 'flush') {
                const saved = await loadState(disk, folder);
                expect(saved && contentsOf(saved)).toEqual(expectedOf(model));
                saved?.close();
              }
            }
          } finally {
            await state.close();
          }
          const saved = await loadState(disk, folder);
          expect(saved && contentsOf(saved)).toEqual(expectedOf(model));
          saved?.close();
        },
      ),
      { numRuns: 40 },
    );
  },
);
