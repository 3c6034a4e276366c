/**
 * What a person gives to log in to a place behind a network, by its kind, under the names of the environment variables in
 * which restic takes the same (those that begin with TIDEMARK_ are ours: restic leaves them to ssh).
 */
export const LOGIN_NAMES_OF = {
  s3: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_DEFAULT_REGION'],
  rest: ['RESTIC_REST_USERNAME', 'RESTIC_REST_PASSWORD'],
  sftp: ['TIDEMARK_SFTP_PASSWORD', 'TIDEMARK_SFTP_KEY_PASSPHRASE', 'TIDEMARK_SFTP_HOST_KEY'],
  rclone: ['RCLONE_CONFIG_PASS'],
} as const;

export type LoginName = (typeof LOGIN_NAMES_OF)[keyof typeof LOGIN_NAMES_OF][number];

export const LOGIN_NAMES: readonly LoginName[] = Object.values(LOGIN_NAMES_OF).flat();

export type Login = { readonly [Name in LoginName]?: string | undefined };
