/** What logs in to the address that is typed, asked by its kind. Leaves this page only for the core, which keeps it in the keychain. */
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { LOGIN_NAMES_OF, type LoginName } from '#contract/login-names.ts';
import { useAsk } from '../core-link/use-ask.ts';
import { useCore } from '../core-link/use-core.ts';
import { Refusal } from './refusal.tsx';
import { SecretInput } from './secret-input.tsx';
import { useWords } from '../text/use-words.ts';
import { NoteBar } from '../ui/note-bar.tsx';
import './place-login.css';

type LoginKind = keyof typeof LOGIN_NAMES_OF;

/** Asked for by few, and then given by the environment; the region is no login; a server's key is trusted by a button. */
const NOT_ASKED: ReadonlySet<LoginName> = new Set([
  'AWS_SESSION_TOKEN',
  'AWS_DEFAULT_REGION',
  'TIDEMARK_SFTP_HOST_KEY',
]);
const SHOWN_AS_TYPED: ReadonlySet<LoginName> = new Set(['AWS_ACCESS_KEY_ID', 'RESTIC_REST_USERNAME']);

/** Undefined for a folder. */
export function loginKindOf(location: string): LoginKind | undefined {
  const kind = /^([a-z][a-z0-9]+):./i.exec(location)?.[1]?.toLowerCase();
  return kind !== undefined && Object.hasOwn(LOGIN_NAMES_OF, kind) ? (kind as LoginKind) : undefined;
}

interface PlaceLoginProps {
  readonly location: string;
  readonly kind: LoginKind;
  /** Look there again. */
  readonly onGiven: () => void;
}

export function PlaceLogin({ location, kind, onGiven }: PlaceLoginProps) {
  const { calls } = useCore();
  const { places: words } = useWords();
  const { ask, isBusy, refusal } = useAsk();
  const [typed, setTyped] = useState<Partial<Record<LoginName, string>>>({});
  const [notKept, setNotKept] = useState<string | null>(null);
  const names = LOGIN_NAMES_OF[kind].filter((name) => !NOT_ASKED.has(name));
  const given = names.flatMap((name) => (typed[name] ? [[name, typed[name]] as const] : []));

  const give = async (): Promise<void> => {
    const answer = await ask(() => calls['places.login']({ location, login: Object.fromEntries(given) }));
    if (answer === undefined) return;
    setNotKept(answer.value);
    setTyped({});
    onGiven();
  };
  return (
    <fieldset className="place-login">
      <legend>{words.login.title[kind]}</legend>
      <p className="quiet">{words.login.note[kind]}</p>
      <div className="fields">
        {names.map((name) => {
          const Field = SHOWN_AS_TYPED.has(name) ? TextInput : SecretInput;
          return (
            <Field
              key={name}
              label={words.login.fields[name]}
              value={typed[name] ?? ''}
              autoComplete="off"
              spellCheck={false}
              onChange={({ currentTarget: { value } }) =>
                setTyped((before) => ({ ...before, [name]: value }))
              }
            />
          );
        })}
      </div>
      <div className="buttons">
        <Button variant="default" loading={isBusy} disabled={given.length === 0} onClick={() => void give()}>
          {words.login.give}
        </Button>
      </div>
      {notKept !== null && <NoteBar tone="warning">{words.login.notKept(notKept)}</NoteBar>}
      <Refusal error={refusal} />
    </fieldset>
  );
}
