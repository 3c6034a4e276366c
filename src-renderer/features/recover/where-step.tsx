/** Where the copies are: found on this machine's drives, in a folder that is chosen, or at an address that is typed. */
import { Button } from '@mantine/core';
import { Archive, ChevronRight, FolderOpen, Keyboard } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore } from '../../core-link/use-core.ts';
import { AddressForm } from '../../parts/address-form.tsx';
import { useChooseFolder } from '../../parts/choose-folder.tsx';
import { errorSentences } from '../../text/error-sentences.ts';
import { showName } from '../../text/show-name.ts';
import { useShowPath, useWords } from '../../text/use-words.ts';
import { nameOfLocation, type FoundBackup } from './recover-steps.ts';

/** A drive that is plugged in appears by itself. */
const LOOK_AGAIN_MS = 3_000;

export function WhereStep({ onFound }: { onFound: (backup: FoundBackup) => void }) {
  const showPath = useShowPath();
  const { calls } = useCore();
  const { recover } = useWords();
  const chooseFolder = useChooseFolder();
  const [isTyping, setTyping] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const [isProbing, setProbing] = useState(false);
  const found = useAnswer(() => calls['machine.places']({}), ['places']);
  useEffect(() => {
    const timer = setInterval(found.again, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const backups = (found.value ?? []).filter(({ kind }) => kind === 'existing');
  const use = async (location: string, name = nameOfLocation(location)): Promise<void> => {
    setProbing(true);
    setRefusal(undefined);
    try {
      const probe = await calls['places.probe']({ location });
      if (probe.kind === 'repository') return onFound({ location, options: {}, name });
      setRefusal(
        probe.kind === 'unreachable' && probe.reason !== null
          ? recover.unreachable(probe.reason)
          : probe.kind === 'missing' || probe.kind === 'unreachable'
            ? recover.notThere
            : recover.noBackupThere,
      );
    } catch (error) {
      setRefusal(errorSentences(error));
    } finally {
      setProbing(false);
    }
  };
  const choose = async (): Promise<void> => {
    const folder = await chooseFolder({});
    if (typeof folder === 'string') await use(folder);
    else if (folder !== null) setRefusal(recover.noBackupThere);
  };
  return (
    <section>
      <h2>{recover.whereTitle}</h2>
      {backups.length > 0 && <p className="dim">{recover.whereBody}</p>}
      <ul className="backups" aria-busy={found.value === undefined}>
        {backups.map(({ location, name }) => (
          <li key={location}>
            <button type="button" disabled={isProbing} onClick={() => void use(location, name)}>
              <Archive size={20} strokeWidth={1.7} aria-hidden />
              <span>
                <b>{showName(name)}</b>
                <span>{showPath(location)}</span>
              </span>
              <em>{recover.found}</em>
              <ChevronRight size={16} strokeWidth={1.7} aria-hidden />
            </button>
          </li>
        ))}
        {found.value === undefined && found.kind === 'asking' && (
          <li className="ghost" aria-label={recover.looking} />
        )}
      </ul>
      {found.value !== undefined && backups.length === 0 && (
        <p className="nothing">
          <b>{recover.nothingFound}</b> {recover.nothingFoundBody}
        </p>
      )}
      <div className="buttons">
        <Button
          variant="default"
          disabled={isProbing}
          leftSection={<FolderOpen size={16} strokeWidth={1.7} aria-hidden />}
          onClick={() => void choose()}
        >
          {recover.chooseFolder}
        </Button>
        {!isTyping && (
          <Button
            variant="default"
            leftSection={<Keyboard size={16} strokeWidth={1.7} aria-hidden />}
            onClick={() => setTyping(true)}
          >
            {recover.typeIt}
          </Button>
        )}
      </div>
      {isTyping && (
        <AddressForm
          label={recover.address}
          hint={recover.addressHint}
          action={recover.use}
          onProbed={({ kind, location, options }) => {
            if (kind !== 'repository') return kind === 'missing' ? recover.notThere : recover.noBackupThere;
            onFound({ location, options, name: nameOfLocation(location) });
            return undefined;
          }}
        />
      )}
      {refusal !== undefined && (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}
    </section>
  );
}
