/**
 * An address that is typed, with what the place behind it may ask first: a login, trust in the key of its server, what few
 * need to say of a cloud storage. For the pages on which nothing is set up yet.
 */
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { PlaceOptions } from '#contract/app/place-options.ts';
import { reasonText } from '#contract/error-texts.ts';
import type { CoreLink } from '../core-link/connect-core.ts';
import { useCore } from '../core-link/use-core.ts';
import { errorSentences } from '../text/error-sentences.ts';
import { useSpeech } from '../text/use-words.ts';
import { loginKindOf, PlaceLogin } from './place-login.tsx';
import { optionsFor, PlaceOptionsForm } from './place-options-form.tsx';

type Probed = Awaited<ReturnType<CoreLink['calls']['places.probe']>>;

/** What the caller decides of: the rest is told here. */
export interface ProbedAddress {
  readonly kind: Exclude<Probed['kind'], 'wrongCredentials' | 'unknownServer' | 'unreachable'>;
  readonly location: string;
  readonly options: PlaceOptions;
  readonly freeBytes: number | null;
}

export interface AddressFormProps {
  readonly label: string;
  readonly hint: string;
  readonly action: string;
  /** @returns why it cannot be used; undefined: it is taken */
  readonly onProbed: (probed: ProbedAddress) => string | undefined;
}

export function AddressForm({ label, hint, action, onProbed }: AddressFormProps) {
  const { calls } = useCore();
  const { language, words } = useSpeech();
  const { recover, places } = words;
  const [address, setAddress] = useState('');
  const [options, setOptions] = useState<PlaceOptions>({});
  const [refusal, setRefusal] = useState<string>();
  const [unknownKey, setUnknownKey] = useState<string>();
  const [isProbing, setProbing] = useState(false);
  const location = address.trim();
  const loginKind = loginKindOf(location);
  const probe = async (): Promise<void> => {
    setProbing(true);
    setRefusal(undefined);
    setUnknownKey(undefined);
    try {
      const set = optionsFor(location, options);
      const probed = await calls['places.probe']({ location, options: set });
      if (probed.kind === 'unknownServer') setUnknownKey(probed.reason ?? undefined);
      setRefusal(whyNot(probed, set));
    } catch (error) {
      setRefusal(errorSentences(error));
    } finally {
      setProbing(false);
    }
  };
  const whyNot = ({ kind, reason, freeBytes }: Probed, set: PlaceOptions): string | undefined => {
    switch (kind) {
      case 'wrongCredentials':
        return places.probe.wrongCredentials;
      case 'unknownServer':
        return places.probe.unknownServer(reason ?? '');
      case 'unreachable':
        return reason === null
          ? recover.notThere
          : recover.unreachable(reasonText(reason.replace(/\.$/, ''), language));
      case 'empty':
      case 'missing':
      case 'otherFiles':
      case 'repository':
        return onProbed({ kind, location, options: set, freeBytes });
    }
  };
  const trust = async (fingerprint: string): Promise<void> => {
    try {
      await calls['places.login']({ location, login: { TIDEMARK_SFTP_HOST_KEY: fingerprint } });
    } catch (error) {
      return setRefusal(errorSentences(error));
    }
    await probe();
  };
  return (
    <div className="address-form">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (location !== '') void probe();
        }}
      >
        <TextInput
          label={label}
          placeholder={hint}
          value={address}
          size="md"
          spellCheck={false}
          autoComplete="off"
          data-autofocus
          onChange={({ currentTarget }) => setAddress(currentTarget.value)}
        />
        <Button type="submit" size="md" loading={isProbing} disabled={location === ''}>
          {action}
        </Button>
      </form>
      {loginKind !== undefined && (
        <PlaceLogin key={loginKind} location={location} kind={loginKind} onGiven={() => void probe()} />
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
    </div>
  );
}
