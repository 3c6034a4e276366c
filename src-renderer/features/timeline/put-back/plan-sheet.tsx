/** The plan of putting back, or of a copy elsewhere: in one sentence, file by file, the rule beside it, then the deed. */
import { Alert, Button, Skeleton } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { WirePath } from '#contract/app/values.ts';
import { useNowMs } from '../../../core-link/use-now.ts';
import { useChooseFolder } from '../../../parts/choose-folder.tsx';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { nameKey, showLastName } from '../../../text/show-name.ts';
import { useFormats, useShowPath, useWords } from '../../../text/use-words.ts';
import { useRanJobs } from '../ran-jobs.ts';
import { useHistory } from '../use-history.ts';
import { useHistoryView } from '../view-store.ts';
import { fetchMs } from './fetch-time.ts';
import { EarlierRestores } from './earlier-restores.tsx';
import { ExactQuestion } from './exact-question.tsx';
import { PlanLines } from './plan-lines.tsx';
import {
  canBeExact,
  groupsOf,
  planView,
  selectionWords,
  type PathRule,
  type RestoreRule,
} from './put-back-plan.ts';
import { RuleChoice } from './rule-choice.tsx';
import { RunningRestore } from './running-restore.tsx';
import { useRestores } from './restore-store.ts';
import { usePlan } from './use-plan.ts';
import { useRestoring } from './use-restore-deeds.tsx';

export function PlanSheet({ isCopy, onClose }: { isCopy: boolean; onClose: () => void }) {
  const run = useRestores((state) => state.run);
  if (run.kind === 'running') return <RunningRestore run={run} onClose={onClose} />;
  return <Planning isCopy={isCopy} onClose={onClose} />;
}

function Planning({ isCopy, onClose }: { isCopy: boolean; onClose: () => void }) {
  const say = useCoreSentences();
  const { putBack: words } = useWords();
  const formats = useFormats();
  const { placeId, point } = useHistory();
  const nowMs = useNowMs(point);
  const selection = useHistoryView((view) => view.selection);
  const { putBack } = useRestoring();
  const [rule, setRule] = useState<RestoreRule>(isCopy ? 'keep-both' : 'replace-keep-current');
  const [leftOut, setLeftOut] = useState<ReadonlyMap<string, WirePath>>(new Map());
  const [ownRules, setOwnRules] = useState<ReadonlyMap<string, PathRule>>(new Map());
  const [folder, setFolder] = useState<WirePath>();
  const [isAsking, setIsAsking] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const target = isCopy ? folder : null;
  const groups = point === undefined ? [] : groupsOf(selection, point);
  const excluded = [...leftOut.values()];
  const rulesByPath = [...ownRules.values()];
  const { lines, counts, again } = usePlan({
    placeId,
    groups,
    rule,
    ownRules: rulesByPath,
    target,
    leftOut: excluded,
  });
  const speech = { words, formats, nowMs };
  const versionMs = Math.min(...groups.map(({ timeMs }) => timeMs));
  const plan = counts.value;
  const jobs = useRanJobs((state) => state.jobs);
  const view =
    plan === undefined
      ? undefined
      : planView(
          plan,
          {
            versionMs,
            folder: folder === undefined ? null : showLastName(folder),
            fetchMs: fetchMs(jobs, placeId, plan.bytesToWrite),
          },
          speech,
        );
  const error = counts.kind === 'refused' ? counts.error : undefined;
  const deed = useRef<HTMLButtonElement>(null);
  const isReady = counts.kind === 'here';
  useEffect(() => {
    // The sheet had the focus while there was nothing to press yet.
    if (isReady && document.activeElement?.classList.contains('sheet') === true) deed.current?.focus();
  }, [isReady]);

  const go = async (): Promise<void> => {
    setIsAsking(false);
    setRefusal(undefined);
    try {
      const asks = groups.map(({ snapshotId, paths }) => ({
        placeId: placeId ?? '',
        snapshotId,
        paths: [...paths],
        target: target ?? null,
        rule,
        ...(excluded.length === 0 ? {} : { excludePaths: excluded }),
        ...(rulesByPath.length === 0 ? {} : { rulesByPath }),
      }));
      const { state } = await putBack(asks);
      if (state === 'done') onClose();
    } catch (thrown) {
      setRefusal(say.error(thrown));
    }
  };

  if (isCopy && folder === undefined)
    return <FolderFirst onChosen={setFolder} onClose={onClose} words={words} />;
  return (
    <div className="sheet" tabIndex={-1} data-autofocus>
      <div className="sheet-main">
        <div className="plan-words" aria-live="polite" aria-busy={counts.kind === 'asking'}>
          {error !== undefined && (
            <Alert color="red" role="alert">
              <p>{say.error(error)}</p>
              <Button variant="default" size="compact-sm" onClick={again}>
                {words.tryAgain}
              </Button>
            </Alert>
          )}
          {view === undefined && error === undefined && <PlanSkeleton label={words.looking} />}
          {view !== undefined && error === undefined && (
            <>
              <p className="sentence">{view.sentence}</p>
              <p className={view.hasRoom ? 'costs' : 'costs no-room'}>
                {[view.costs, isCopy && plan?.updated === 0 ? '' : words.safeKeeping]
                  .filter((part) => part !== '')
                  .join(' ')}
              </p>
            </>
          )}
          {refusal !== undefined && (
            <Alert color="red" role="alert">
              {refusal}
            </Alert>
          )}
        </div>
        {lines.value !== undefined && (
          <PlanLines
            plan={lines.value}
            versionMs={versionMs}
            leftOut={leftOut}
            ownRules={ownRules}
            isCopy={isCopy}
            choices={{
              toggle: (path) => {
                const next = new Map(leftOut);
                if (!next.delete(nameKey(path))) next.set(nameKey(path), path);
                setLeftOut(next);
              },
              setRule: (path, own) => {
                const next = new Map(ownRules);
                if (own === null) next.delete(nameKey(path));
                else next.set(nameKey(path), { path, rule: own });
                setOwnRules(next);
              },
            }}
          />
        )}
      </div>
      <div className="sheet-side">
        {isCopy && folder !== undefined && <CopyTarget folder={folder} onChosen={setFolder} />}
        <RuleChoice value={rule} canBeExact={!isCopy && canBeExact(selection)} onChange={setRule} />
        {!isCopy && <EarlierRestores />}
      </div>
      <footer className="sheet-foot">
        {isAsking && view !== undefined ? (
          <ExactQuestion
            removed={view.removed}
            what={selectionWords(selection, speech)}
            onYes={() => void go()}
            onNo={() => setIsAsking(false)}
          />
        ) : (
          <>
            <Button variant="default" onClick={onClose}>
              {words.cancel}
            </Button>
            <Button
              ref={deed}
              disabled={
                counts.kind !== 'here' ||
                view === undefined ||
                !view.hasRoom ||
                view.changes + view.removed === 0
              }
              onClick={() => (rule === 'exact' ? setIsAsking(true) : void go())}
            >
              {folder !== undefined
                ? words.putCopyIn(showLastName(folder))
                : view === undefined || view.changes === 0
                  ? words.title
                  : words.putBackFiles(words.files(formats.count(view.changes), view.changes === 1))}
            </Button>
          </>
        )}
      </footer>
    </div>
  );
}

function PlanSkeleton({ label }: { label: string }) {
  return (
    <div role="status" aria-label={label} className="plan-skeleton">
      <Skeleton height={16} width="70%" />
      <Skeleton height={12} width="40%" />
    </div>
  );
}

function FolderFirst(props: {
  readonly words: ReturnType<typeof useWords>['putBack'];
  onChosen(folder: WirePath): void;
  onClose(): void;
}) {
  const { words, onChosen, onClose } = props;
  const choose = useAsk(onChosen);
  return (
    <div className="sheet" tabIndex={-1} data-autofocus>
      <div className="sheet-main folder-first">
        <p className="sentence">{words.chooseTitle}</p>
        <Button autoFocus onClick={choose}>
          {words.chooseFolder}
        </Button>
      </div>
      <footer className="sheet-foot">
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
      </footer>
    </div>
  );
}

function CopyTarget({ folder, onChosen }: { folder: WirePath; onChosen: (folder: WirePath) => void }) {
  const showPath = useShowPath();
  const { putBack: words } = useWords();
  const choose = useAsk(onChosen);
  return (
    <div className="copy-target">
      <p title={showPath(folder)}>{showPath(folder)}</p>
      <Button variant="default" size="compact-sm" onClick={choose}>
        {words.otherFolder}
      </Button>
    </div>
  );
}

function useAsk(onChosen: (folder: WirePath) => void): () => void {
  const { putBack: words } = useWords();
  const chooseFolder = useChooseFolder();
  return () =>
    void chooseFolder({ title: words.chooseTitle, mustBeWritable: true }).then((folder) => {
      if (folder !== null) onChosen(folder);
    });
}
