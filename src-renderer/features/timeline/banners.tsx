/** What must be known of the history in view before anybody trusts it: one line each, with the one thing to do. */
import { Button } from '@mantine/core';
import { CircleAlert, Clock, HardDrive, Hourglass, type LucideIcon } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { useCore, useMirror } from '../../core-link/use-core.ts';
import { useNowMs } from '../../core-link/use-now.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { suspicionsOf } from './marks.ts';
import { usePutBacks } from './ran-jobs.ts';
import { standInFor, wholeElsewhere } from './stand-in.ts';
import { useHistory } from './use-history.ts';
import { goOnAt, useStandIn } from './use-stand-in.ts';
import { useHistoryView } from './view-store.ts';

/** Longer ago it is history, and no warning. */
const RECENT_MS = 14 * 86_400_000;

export function Banners() {
  const { history: words } = useWords();
  const formats = useFormats();
  const nowMs = useNowMs();
  const { calls } = useCore();
  const { points, point, placeId, placeName, presence, reading, source, sources } = useHistory();
  const { goTo } = useHistoryView.getState();
  const putBacks = usePutBacks(source?.topFolder);
  const suspicions = useMemo(() => suspicionsOf(points, putBacks), [points, putBacks]);
  const suspicion =
    suspicions.find((one) => one.point.snapshotId === point?.snapshotId) ??
    suspicions.findLast((one) => nowMs - one.point.timeMs < RECENT_MS);
  const standIn = useStandIn();
  const whole = useMemo(
    () => (source === undefined || point === undefined ? undefined : wholeElsewhere(sources, source, point)),
    [sources, source, point],
  );
  const percent = (share: number): string =>
    new Intl.NumberFormat(formats.locale, { style: 'percent' }).format(share);
  const canRead = placeId !== null && presence === 'present';
  return (
    <>
      {presence === 'absent' && (
        <Banner
          icon={HardDrive}
          text={
            standIn === undefined
              ? words.placeAway(placeName)
              : standIn.isSame
                ? words.placeAwayOther(placeName, standIn.source.placeName)
                : words.placeAwayNearest(
                    placeName,
                    standIn.source.placeName,
                    formats.moment(standIn.point.timeMs, nowMs),
                  )
          }
        >
          {standIn !== undefined && (
            <Button size="xs" variant="default" onClick={() => goOnAt(standIn)}>
              {words.useOther}
            </Button>
          )}
        </Banner>
      )}
      <LeftPlace />
      {reading !== null && (
        <Banner
          icon={Clock}
          text={
            reading.isUnderWay
              ? reading.knownFromMs === null
                ? words.readingAll(percent(1 - reading.waiting / reading.total))
                : words.reading(
                    formats.day(reading.knownFromMs, nowMs),
                    percent(1 - reading.waiting / reading.total),
                  )
              : reading.knownFromMs === null
                ? words.unreadAll
                : words.unread(formats.day(reading.knownFromMs, nowMs))
          }
        >
          {!reading.isUnderWay && canRead && (
            <Button
              size="xs"
              variant="default"
              onClick={() =>
                void calls['jobs.start']({ kind: 'readHistory', placeId }).catch(() => undefined)
              }
            >
              {words.readNow}
            </Button>
          )}
        </Banner>
      )}
      {suspicion !== undefined && (
        <Banner
          icon={CircleAlert}
          isWarning
          text={words.suspicious(
            formats.count(suspicion.files),
            formats.count(suspicion.totalFiles),
            formats.moment(suspicion.cleanPoint.timeMs, nowMs),
          )}
        >
          {point?.snapshotId !== suspicion.cleanPoint.snapshotId && (
            <Button size="xs" variant="default" onClick={() => goTo(suspicion.cleanPoint.snapshotId)}>
              {words.goThere}
            </Button>
          )}
        </Banner>
      )}
      <PartPoint />
      {(point?.isFileDamaged === true || point?.state === 'partly') && (
        <Banner
          icon={CircleAlert}
          isWarning
          text={[
            point.isFileDamaged ? words.damagedPoint : words.partlyPoint,
            ...(whole === undefined ? [] : [words.wholeElsewhere(whole.source.placeName)]),
          ].join(' ')}
        >
          {whole !== undefined && (
            <Button size="xs" variant="default" onClick={() => goOnAt(whole)}>
              {words.useOther}
            </Button>
          )}
        </Banner>
      )}
    </>
  );
}

/** Few files are here, because they went ahead of the rest. */
function PartPoint() {
  const { history: words } = useWords();
  const formats = useFormats();
  const mirror = useMirror();
  const { point, newest, placeId, series } = useHistory();
  if (point?.isPart !== true) return null;
  const count = point.summary.totalFilesProcessed ?? 0;
  const isUnderWay = mirror?.jobs.some(
    (job) =>
      job.kind === 'backup' && job.state === 'running' && job.placeId === placeId && job.planId === series,
  );
  const say =
    point !== newest ? words.partPoint : isUnderWay === true ? words.firstUnderWay : words.firstNotEnded;
  return <Banner icon={Hourglass} text={say(formats.count(count), count === 1)} />;
}

/** The page has gone on at another place by itself: which one was left, and the way back. */
function LeftPlace() {
  const { history: words } = useWords();
  const formats = useFormats();
  const nowMs = useNowMs();
  const { placeName, point, sources, series } = useHistory();
  const mirror = useMirror();
  const leftId = useHistoryView((view) => view.leftPlaceId);
  const left = sources.find((one) => one.placeId === leftId && one.series === series);
  if (left === undefined || point === undefined) return null;
  const isBack = mirror?.places.find(({ id }) => id === leftId)?.presence === 'present';
  const before = standInFor([{ ...left, isAway: false }], { placeId: '', series: left.series }, point.timeMs);
  return (
    <Banner
      icon={HardDrive}
      text={
        isBack
          ? words.placeIsBack(left.placeName)
          : words.wentOn(left.placeName, placeName, formats.moment(point.timeMs, nowMs))
      }
    >
      {before !== undefined && (
        <Button size="xs" variant="default" onClick={() => goOnAt(before)}>
          {words.backToPlace(left.placeName)}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        onClick={() => useHistoryView.getState().set({ leftPlaceId: null })}
      >
        {words.stayHere}
      </Button>
    </Banner>
  );
}

interface BannerProps {
  readonly icon: LucideIcon;
  readonly text: string;
  readonly isWarning?: boolean;
  readonly children?: ReactNode;
}

function Banner({ icon: Icon, text, isWarning = false, children }: BannerProps) {
  return (
    <div className={isWarning ? 'banner is-warning' : 'banner'} role="status">
      <Icon size={17} strokeWidth={1.7} aria-hidden />
      <p>{text}</p>
      {children}
    </div>
  );
}
