/** `#/activity`: everything that happened in one list with filters; `#/activity/<jobId>` is one job of it. */
import { Button, Menu, Select } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Activity as ActivityIcon, ChevronDown } from 'lucide-react';
import { useEffect } from 'react';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useAsk } from '../../core-link/use-ask.ts';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { useNowMs } from '../../core-link/use-now.ts';
import { giveFile } from '../../parts/give-file.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { useFormats, useSpeech, useWords } from '../../text/use-words.ts';
import { Dot } from '../../ui/dot.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageBody, PageHead } from '../../ui/page.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { VirtualRows } from '../../ui/virtual-rows.tsx';
import { JobPage } from './job-page.tsx';
import { useActivity } from './use-activity.ts';
import {
  activityRows,
  filterRows,
  sinceMs,
  type ActivityRow,
  type Filters,
  type Result,
  type Since,
} from './view-model.ts';
import { lookFurtherBack, NO_FILTERS, setFilters, useActivityView } from './view-store.ts';
import './activity.css';

export interface ActivityPageProps {
  readonly jobId: string | undefined;
  readonly query: URLSearchParams;
}

const ROW_HEIGHTS = { comfortable: 38, compact: 30 } as const;
const RESULTS: readonly Result[] = ['good', 'doneExcept', 'failed', 'active'];
const SINCE: readonly Since[] = ['always', 'today', 'week', 'month', 'quarter'];

export function ActivityPage({ jobId, query }: ActivityPageProps) {
  const mirror = useMirror();
  const { frame } = useWords();
  const wanted = query.get('result');
  useEffect(() => {
    const result = RESULTS.find((each) => each === wanted);
    if (result !== undefined) setFilters({ ...NO_FILTERS, result });
  }, [wanted]);
  if (mirror === undefined)
    return (
      <PageBody isBusy>
        <Skeleton label={frame.loading} />
      </PageBody>
    );
  if (jobId !== undefined) return <JobPage key={jobId} jobId={jobId} mirror={mirror} />;
  return <ActivityList mirror={mirror} />;
}

function ActivityList({ mirror }: { readonly mirror: Mirror }) {
  const speech = useSpeech();
  const { activity: words, frame } = speech.words;
  const { formats } = speech;
  const nowMs = useNowMs(mirror);
  const { filters, pages } = useActivityView();
  const answer = useActivity(mirror, pages);
  const past = answer.value;
  const all = past === undefined ? [] : activityRows(past.jobs, past.log, mirror, nowMs, speech);
  const rows = filterRows(all, filters, nowMs);
  return (
    <div className="activity">
      <PageHead
        title={words.title}
        note={<LogIntegrity news={past?.log[0]?.number} />}
        actions={<Export />}
      />
      <FilterBar mirror={mirror} filters={filters} />
      {answer.kind === 'refused' && <Refusal error={answer.error} />}
      {past === undefined && answer.kind !== 'refused' && <Skeleton label={frame.loading} lines={5} />}
      {past !== undefined && rows.length === 0 && (
        <Nothing filters={filters} mirror={mirror} hasAny={all.length > 0} />
      )}
      {rows.length > 0 && (
        <>
          <p className="unseen" role="status">
            {words.entries(formats.count(rows.length), rows.length === 1)}
          </p>
          <VirtualRows
            label={words.list}
            count={rows.length}
            rowHeight={ROW_HEIGHTS[mirror.settings.rowHeight]}
            keyOf={(at) => rows[at]?.key ?? String(at)}
            draw={(at) => <Row row={rows[at]} nowMs={nowMs} />}
            end={
              past?.isCut === true && (
                <div className="further">
                  <Button variant="default" loading={answer.kind === 'asking'} onClick={lookFurtherBack}>
                    {words.further}
                  </Button>
                </div>
              )
            }
          />
        </>
      )}
    </div>
  );
}

function Row({ row, nowMs }: { readonly row: ActivityRow | undefined; readonly nowMs: number }) {
  const formats = useFormats();
  if (row === undefined) return null;
  const parts = (
    <>
      <time dateTime={new Date(row.atMs).toISOString()} title={formats.fullMoment(row.atMs)}>
        {formats.moment(row.atMs, nowMs)}
      </time>
      <span className="what">
        <Dot tone={row.tone} />
        <b title={row.title}>{row.title}</b>
      </span>
      <span className="detail">{row.detail}</span>
      <span className={`state ${row.tone}`}>{row.state}</span>
    </>
  );
  return row.jobId === null ? (
    <div className="activity-row">{parts}</div>
  ) : (
    <a className="activity-row" href={`#/activity/${encodeURIComponent(row.jobId)}`}>
      {parts}
    </a>
  );
}

function FilterBar({ mirror, filters }: { readonly mirror: Mirror; readonly filters: Filters }) {
  const { activity: words, jobs } = useWords();
  const change = (next: Partial<Filters>): void => setFilters({ ...filters, ...next });
  const named = (items: readonly { id: string; name: string }[], all: string) => [
    { value: '', label: all },
    ...items.map(({ id, name }) => ({ value: id, label: name })),
  ];
  const shared = { size: 'xs' as const, allowDeselect: false };
  return (
    <div className="filters" role="group" aria-label={words.filters}>
      <Select
        {...shared}
        aria-label={words.what}
        data={[
          { value: 'all', label: words.all },
          ...Object.entries(jobs.kindFilter).map(([value, label]) => ({ value, label })),
          { value: 'log', label: words.decisions },
        ]}
        value={filters.what}
        onChange={(what) => change({ what: what ?? 'all' })}
      />
      <Select
        {...shared}
        aria-label={words.plan}
        data={named(mirror.plans, words.allPlans)}
        value={filters.planId ?? ''}
        onChange={(planId) => change({ planId: planId === '' ? null : planId })}
      />
      <Select
        {...shared}
        aria-label={words.place}
        data={named(mirror.places, words.allPlaces)}
        value={filters.placeId ?? ''}
        onChange={(placeId) => change({ placeId: placeId === '' ? null : placeId })}
      />
      <Select
        {...shared}
        aria-label={words.result}
        data={[
          { value: 'all', label: words.allResults },
          ...RESULTS.map((value) => ({ value: value as string, label: words.results[value] })),
        ]}
        value={filters.result}
        onChange={(result) => change({ result: RESULTS.find((each) => each === result) ?? 'all' })}
      />
      <Select
        {...shared}
        aria-label={words.since}
        data={SINCE.map((value) => ({ value, label: words[value] }))}
        value={filters.since}
        onChange={(since) => change({ since: SINCE.find((each) => each === since) ?? 'always' })}
      />
      {JSON.stringify(filters) !== JSON.stringify(NO_FILTERS) && (
        <Button variant="subtle" size="compact-sm" onClick={() => setFilters(NO_FILTERS)}>
          {words.clear}
        </Button>
      )}
    </div>
  );
}

interface NothingProps {
  readonly filters: Filters;
  readonly mirror: Mirror;
  readonly hasAny: boolean;
}

function Nothing({ filters, mirror, hasAny }: NothingProps) {
  const { activity: words, jobs } = useWords();
  const formats = useFormats();
  if (!hasAny)
    return (
      <EmptyState icon={ActivityIcon} title={words.emptyTitle}>
        {words.emptyBody}
      </EmptyState>
    );
  const kinds: Readonly<Record<string, string>> = { ...jobs.kindFilter, log: words.decisions };
  const named = (list: readonly { id: string; name: string }[], id: string | null): string =>
    list.find((each) => each.id === id)?.name ?? '';
  const said = [
    kinds[filters.what] ?? '',
    named(mirror.plans, filters.planId),
    named(mirror.places, filters.placeId),
    filters.result === 'all' ? '' : words.results[filters.result],
    filters.since === 'always' ? '' : words[filters.since],
  ].filter((part) => part !== '');
  return (
    <EmptyState
      icon={ActivityIcon}
      title={words.nothingTitle}
      action={
        <Button variant="default" onClick={() => setFilters(NO_FILTERS)}>
          {words.clear}
        </Button>
      }
    >
      {words.nothingBody(formats.list(said))}
    </EmptyState>
  );
}

/** Whether the log still is what Tidemark wrote. */
function LogIntegrity({ news }: { readonly news: number | undefined }) {
  const { calls } = useCore();
  const { activity: words } = useWords();
  const formats = useFormats();
  const { value } = useAnswer((signal) => calls['activity.verify']({}, { signal }), [news]);
  if (value === undefined) return <>{words.log.checking}…</>;
  return value.isIntact ? (
    <>{words.log.intact(formats.count(value.number))}</>
  ) : (
    <span className="broken" role="alert">
      <Dot tone="danger" /> {words.log.broken(formats.count(value.number))}
    </span>
  );
}

function Export() {
  const { calls } = useCore();
  const { activity: words } = useWords();
  const { ask, isBusy, refusal } = useAsk();
  const { filters } = useActivityView();
  const save = async (format: 'csv' | 'json'): Promise<void> => {
    const made = await ask(() =>
      calls['activity.export']({ format, fromMs: sinceMs(filters.since, Date.now()), toMs: null }),
    );
    if (made === undefined) return;
    const type = format === 'csv' ? 'text/csv' : 'application/json';
    giveFile(new Blob([made.value.text], { type }), `${words.fileName}.${format}`);
    if (made.value.isCut) notifications.show({ message: words.exportCut });
  };
  return (
    <>
      <Refusal error={refusal} />
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            loading={isBusy}
            rightSection={<ChevronDown size={15} strokeWidth={1.7} aria-hidden />}
          >
            {words.export}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void save('csv')}>{words.exportCsv}</Menu.Item>
          <Menu.Item onClick={() => void save('json')}>{words.exportJson}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
