/** What is chosen as a zip file in a folder, each in its own version. A file that is there is never replaced. */
import { Alert, Button, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import type { WirePath } from '#contract/app/values.ts';
import { useNowMs } from '../../../core-link/use-now.ts';
import { useShowInFolder } from '../../../parts/use-show-in-folder.ts';
import { useChooseFolder } from '../../../parts/choose-folder.tsx';
import { showLastName } from '../../../text/show-name.ts';
import { useFormats, useShowPath, useWords } from '../../../text/use-words.ts';
import { Progress } from '../../../ui/progress.tsx';
import { useHistory } from '../use-history.ts';
import { useHistoryView } from '../view-store.ts';
import { joinPath } from '../wire-path.ts';
import { groupsOf } from './put-back-plan.ts';
import { shareOf } from './share-of.ts';
import { zipName } from './zip-name.ts';
import { useJob } from './use-job.ts';

export function ExportSheet({ onClose }: { onClose: () => void }) {
  const showPath = useShowPath();
  const { putBack: words } = useWords();
  const formats = useFormats();
  const { placeId, point } = useHistory();
  const nowMs = useNowMs(point);
  const selection = useHistoryView((view) => view.selection);
  const chooseFolder = useChooseFolder();
  const [folder, setFolder] = useState<WirePath>();
  const groups = point === undefined ? [] : groupsOf(selection, point);
  const [group, ...others] = groups;
  const [name, setName] = useState(() =>
    zipName(
      selection.map(({ path }) => showLastName(path)),
      group === undefined || others.length > 0 ? '' : words.from(formats.moment(group.timeMs, nowMs)),
    ),
  );
  const job = useJob();
  const showInFolder = useShowInFolder();
  if (group === undefined || placeId === null) return null;
  const fileName = name.trim().endsWith('.zip') ? name.trim() : `${name.trim()}.zip`;

  const save = async (): Promise<void> => {
    if (folder === undefined) return;
    const target = joinPath(folder, fileName);
    const from = groups.map(({ snapshotId, paths }) => ({ snapshotId, paths: [...paths] }));
    const done = await job.start({ kind: 'export', placeId, from, target });
    if (done === undefined) return;
    notifications.show({
      message: (
        <div className="done-toast">
          <p>{words.exported(fileName, showPath(folder))}</p>
          {showInFolder !== undefined && (
            <p className="deeds">
              <Button variant="subtle" size="compact-sm" onClick={() => showInFolder([done.id])}>
                {words.showInFolder}
              </Button>
            </p>
          )}
        </div>
      ),
    });
    onClose();
  };
  return (
    <form
      className="sheet"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className="sheet-main narrow">
        <TextInput
          label={words.exportName}
          value={name}
          maxLength={200}
          data-autofocus
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <div className="copy-target">
          <p>{folder === undefined ? words.exportFolder : showPath(folder)}</p>
          <Button
            variant="default"
            size="compact-sm"
            onClick={() =>
              void chooseFolder({ mustBeWritable: true }).then((chosen) => {
                if (chosen !== null) setFolder(chosen);
              })
            }
          >
            {folder === undefined ? words.chooseFolder : words.otherFolder}
          </Button>
        </div>
        {job.isRunning && <Progress label={words.exporting} done={shareOf(job.progress)} />}
        {job.refusal !== undefined && (
          <Alert color="red" role="alert">
            {job.refusal}
          </Alert>
        )}
      </div>
      <footer className="sheet-foot">
        <Button variant="default" onClick={job.isRunning ? job.stop : onClose}>
          {words.cancel}
        </Button>
        <Button type="submit" disabled={folder === undefined || name.trim() === '' || job.isRunning}>
          {words.exportGo}
        </Button>
      </footer>
    </form>
  );
}
