/** The storage behind a REST location: its credentials and certificates, from where restic takes them. */
import type { SecretText } from '#base/secret-text.ts';
import { HTTP_LIMITS, HttpClient, type HttpLimits } from '#storage/http/http-client.ts';
import { loadTrust } from '#storage/http/http-trust.ts';
import { describeLocation } from '#storage/locations/describe-location.ts';
import type { RestLocation } from '#storage/locations/place-location.ts';
import type { OpenOptions } from '#storage/open-options.ts';
import { RestStorage } from '#storage/rest/rest-storage.ts';

/** @throws request.invalidInput for a certificate that cannot be read */
export function openRestStorage(
  place: RestLocation,
  { clock, env }: OpenOptions,
  limits: HttpLimits = HTTP_LIMITS,
): RestStorage {
  const base = new URL(place.url);
  const location = describeLocation(place);
  const authorization = authorizationOf(place, env);
  const client = new HttpClient({
    base,
    ...(place.socketPath === undefined ? {} : { socketPath: place.socketPath }),
    ...(authorization === undefined ? {} : { authorization }),
    ...(base.protocol === 'https:' ? { trust: loadTrust(env) } : {}),
    env,
    clock,
    limits,
    location,
  });
  return new RestStorage({
    location,
    clock,
    connect: async () => client,
    explain: async (error) => error,
    close: async () => client.close(),
  });
}

/** The environment counts only for an address without any login. */
function authorizationOf({ user, password }: RestLocation, env: OpenOptions['env']): string | undefined {
  if (user !== undefined || password !== undefined) return basicAuthorization(user ?? '', password);
  const [envUser, envPassword] = [env['RESTIC_REST_USERNAME'] ?? '', env['RESTIC_REST_PASSWORD'] ?? ''];
  if (envUser === '' && envPassword === '') return undefined;
  return basicAuthorization(envUser, envPassword);
}

export function basicAuthorization(user: string, password: SecretText | string | undefined): string {
  const text = typeof password === 'object' ? password.reveal() : (password ?? '');
  return `Basic ${Buffer.from(`${user}:${text}`).toString('base64')}`;
}
