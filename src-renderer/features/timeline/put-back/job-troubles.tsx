/** Which files had trouble, and why. */
import { Modal } from '@mantine/core';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useCore } from '../../../core-link/use-core.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { nameKey } from '../../../text/show-name.ts';
import { useShowPath, useWords } from '../../../text/use-words.ts';

export function JobTroubles({ jobIds, onClose }: { jobIds: readonly string[]; onClose: () => void }) {
  const showPath = useShowPath();
  const say = useCoreSentences();
  const { calls } = useCore();
  const { putBack: words } = useWords();
  const troubles = useAnswer(
    async (signal) =>
      (await Promise.all(jobIds.map((jobId) => calls['jobs.troubles']({ jobId }, { signal })))).flat(),
    [jobIds],
  );
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.troubles}
      size="lg"
      closeButtonProps={{ 'aria-label': words.close }}
    >
      {troubles.kind === 'refused' && <p role="alert">{say.error(troubles.error)}</p>}
      <ul className="troubles">
        {troubles.value?.map(({ path, error }) => (
          <li key={nameKey(path)}>
            <b>{showPath(path)}</b>
            <p>{say.wireError(error)}</p>
          </li>
        ))}
      </ul>
    </Modal>
  );
}
