/** Where the copies are: found on this machine's drives, in a folder that is chosen, or at an address that is typed. */
import { Button, TextInput } from '@mantine/core';
import { Archive, ChevronRight, FolderOpen, Keyboard } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { PlaceOptions } from '#contract/app/place-options.ts';
import { reasonText } from '#contract/error-texts.ts';
import type { CoreLink } from '../../core-link/connect-core.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore } from '../../core-link/use-core.ts';
import { useChooseFolder } from '../../parts/choose-folder.tsx';
import { loginKindOf, PlaceLogin } from '../../parts/place-login.tsx';
import { optionsFor, PlaceOptionsForm } from '../../parts/place-options-form.tsx';
import { errorSentences } from '../../text/error-sentences.ts';
import { showName } from '../../text/show-name.ts';
import { useShowPath, useSpeech } from '../../text/use-words.ts';
import { nameOfLocation, type FoundBackup } from './recover-steps.ts';

type ProbeKind = Awaited<ReturnType<CoreLink['calls']['places.probe']>>['kind'];

/** A drive that is plugged in appears by itself. */
const LOOK_AGAIN_MS = 3_000;

export function WhereStep({ onFound }: { onFound: (backup: FoundBackup) => void }) {
  const showPath = useShowPath();
  const { calls } = useCore();
  const { language, words } = useSpeech();
  const { recover, places } = words;
  const chooseFolder = useChooseFolder();
  const [isTyping, setTyping] = useState(false);
  const [address, setAddress] = useState('');
  const [refusal, setRefusal] = useState<string>();
  const [isProbing, setProbing] = useState(false);
  const [options, setOptions] = useState<PlaceOptions>({});
  const [unknownKey, setUnknownKey] = useState<string>();
  const loginKind = isTyping ? loginKindOf(address.trim()) : undefined;
  const found = useAnswer(() => calls['machine.places']({}), ['places']);
  useEffect(() => {
    const timer = setInterval(found.again, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const backups = (found.value ?? []).filter(({ kind }) => kind === 'existing');
  const use = async (location: string, name = nameOfLocation(location)): Promise<void> => {
    setProbing(true);
    setRefusal(undefined);
    setUnknownKey(undefined);
    try {
      const set = optionsFor(location, options);
      const probe = await calls['places.probe']({ location, options: set });
      if (probe.kind === 'repository') return onFound({ location, options: set, name });
      if (probe.kind === 'unknownServer') setUnknownKey(probe.reason ?? undefined);
      setRefusal(whyNot(probe));
    } catch (error) {
      setRefusal(errorSentences(error));
    } finally {
      setProbing(false);
    }
  };
  const whyNot = ({ kind, reason }: { readonly kind: ProbeKind; readonly reason: string | null }): string => {
    switch (kind) {
      case 'wrongCredentials':
        return places.probe.wrongCredentials;
      case 'unknownServer':
        return places.probe.unknownServer(reason ?? '');
      case 'unreachable':
        return reason === null
          ? recover.notThere
          : recover.unreachable(reasonText(reason.replace(/\.$/, ''), language));
      case 'missing':
        return recover.notThere;
      default:
        return recover.noBackupThere;
    }
  };
  const trust = async (fingerprint: string): Promise<void> => {
    const login = { TIDEMARK_SFTP_HOST_KEY: fingerprint };
    try {
      await calls['places.login']({ location: address.trim(), login });
    } catch (error) {
      return setRefusal(errorSentences(error));
    }
    await use(address.trim());
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
        <form
          className="address"
          onSubmit={(event) => {
            event.preventDefault();
            if (address.trim() !== '') void use(address.trim());
          }}
        >
          <TextInput
            label={recover.address}
            placeholder={recover.addressHint}
            value={address}
            size="md"
            spellCheck={false}
            autoComplete="off"
            data-autofocus
            onChange={({ currentTarget }) => setAddress(currentTarget.value)}
          />
          <Button type="submit" size="md" loading={isProbing} disabled={address.trim() === ''}>
            {recover.use}
          </Button>
        </form>
      )}
      {loginKind !== undefined && (
        <PlaceLogin
          key={loginKind}
          location={address.trim()}
          kind={loginKind}
          onGiven={() => void use(address.trim())}
        />
      )}
      {loginKind === 's3' && <PlaceOptionsForm value={options} onChange={setOptions} />}
      {refusal !== undefined && (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}
      {unknownKey !== undefined && (
        <div className="buttons">
          <Button variant="default" onClick={() => void trust(unknownKey)}>
            {places.trust}
          </Button>
        </div>
      )}
    </section>
  );
}
