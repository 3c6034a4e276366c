/**
 * A real S3 server for tests: Ceph's object gateway with one monitor and one disk in memory, on loopback, on free
 * ports. Everything it starts hangs on one shell that waits for the end of its standard input, so it is gone when the
 * test process is, however that ends. Takes about 4 s; start it once for a file of tests.
 * The settings that make Ceph agree in milliseconds (paxos_*) are what keeps it from taking 15 s.
 */
import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export const OWNER_KEYS: S3Keys = { accessKeyId: 'AKOWNER', secretAccessKey: 'SKOWNER1234' };
export const OTHER_KEYS: S3Keys = { accessKeyId: 'AKOTHER', secretAccessKey: 'SKOTHER1234' };

export interface S3Server {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Scheme, host and port. */
  readonly endpoint: string;
  /** Its TLS twin, when the server was given a certificate. */
  readonly tlsPort: number;
  /** Ceph's own program for users, quotas and roles; gives what it prints. */
  admin(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

export interface S3ServerOptions {
  /** PEM files; then the server also answers to TLS. */
  readonly tls?: { readonly certificatePath: string; readonly keyPath: string };
  /** Gives out keys for a while; Ceph then does not say any more what is wrong with other keys. */
  readonly sessionTokens?: boolean;
  /** Files that a page of a list has at most; 1000 unless told. */
  readonly listPage?: number;
  /** Known beside STANDARD; like that one in everything but the name. */
  readonly storageClass?: string;
}

const PROGRAMS = [
  'ceph-mon',
  'ceph-osd',
  'radosgw',
  'radosgw-admin',
  'ceph',
  'ceph-authtool',
  'monmaptool',
  'curl',
];

/** What is missing for the server, or undefined; for the names of skipped tests. */
export function s3ServerObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const missing = PROGRAMS.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  return missing.length === 0 ? undefined : `needs ${missing.join(', ')}`;
}

/**
 * $1: folder, $2: id of the cluster, $3: address of the monitor, $4: address of the gateway, $5: a storage class or nothing. One keyring for all, because without
 * authentication the gateway cannot log in; the disk gets the id that the monitor was told, or it would be ignored.
 */
const SCRIPT = `
set -e
trap '' PIPE
stop() { kill -9 $gateway $disk $monitor 2>/dev/null; wait 2>/dev/null; rm -rf "$1"; }
trap 'stop "$1"' EXIT
conf="$1/ceph.conf"; keys="$1/keyring"
mkdir "$1/mon" "$1/osd" "$1/rgw"
ceph-authtool -C "$keys" -n mon. --gen-key --cap mon 'allow *' >&2
ceph-authtool "$keys" -n client.admin --gen-key --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *' >&2
ceph-authtool "$keys" -n client.rgw.a --gen-key --cap mon 'allow rwx' --cap osd 'allow rwx' >&2
ceph-authtool "$keys" -n osd.0 --gen-key --cap mon 'allow profile osd' --cap osd 'allow *' >&2
monmaptool --create --fsid "$2" --addv a "[v2:$3]" "$1/monmap" >&2
ceph-mon -c "$conf" -i a --mkfs --monmap "$1/monmap" --keyring "$keys" >&2
ceph-mon -f -c "$conf" -i a >&2 </dev/null & monitor=$!
id=$(cat /proc/sys/kernel/random/uuid)
ceph -c "$conf" osd new "$id" >&2
ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$id" >&2
ceph-osd -f -c "$conf" -i 0 >&2 </dev/null & disk=$!
if [ -n "$5" ]; then
  at="--placement-id default-placement --storage-class $5"
  # Makes the zone that the next ones change.
  radosgw-admin -c "$conf" user list >&2
  radosgw-admin -c "$conf" zonegroup placement add --rgw-zonegroup default $at >&2
  radosgw-admin -c "$conf" zone placement add --rgw-zone default $at --data-pool default.rgw.class.data >&2
fi
radosgw -f -c "$conf" -n client.rgw.a >&2 </dev/null & gateway=$!
tries=300
until curl -s -o /dev/null "http://$4/"; do tries=$((tries-1)); [ $tries -gt 0 ]; kill -0 $gateway; sleep 0.1; done
user() { radosgw-admin -c "$conf" user create --uid="$1" --display-name="$1" --access-key="$2" --secret-key="$3" >&2; }
user owner ${OWNER_KEYS.accessKeyId} ${OWNER_KEYS.secretAccessKey} & first=$!
user other ${OTHER_KEYS.accessKeyId} ${OTHER_KEYS.secretAccessKey}
wait $first
echo ready
cat >/dev/null
`;

export async function startS3Server(options: S3ServerOptions = {}): Promise<S3Server> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tidemark-ceph-'));
  const [monitorPort, port, tlsPort] = (await findFreePorts(3)) as [number, number, number];
  const cluster = randomUUID();
  const monitor = `127.0.0.1:${String(monitorPort)}`;
  const gateway = `127.0.0.1:${String(port)}`;
  const tls =
    options.tls === undefined
      ? ''
      : ` ssl_endpoint=127.0.0.1:${String(tlsPort)} ssl_certificate=${options.tls.certificatePath} ssl_private_key=${options.tls.keyPath}`;
  const conf = settings(folder, cluster, monitor, `endpoint=${gateway}${tls}`, options);
  writeFileSync(join(folder, 'ceph.conf'), conf);
  const shell = spawn(
    'sh',
    ['-c', SCRIPT, 'sh', folder, cluster, monitor, gateway, options.storageClass ?? ''],
    {
      stdio: 'pipe',
    },
  );
  await becomesReady(shell, folder);
  return {
    host: '127.0.0.1',
    port,
    endpoint: `http://${gateway}`,
    tlsPort,
    admin: async (...args) => {
      const { stdout } = await promisify(execFile)('radosgw-admin', [
        '-c',
        join(folder, 'ceph.conf'),
        ...args,
      ]);
      return stdout;
    },
    stop: () => stopShell(shell, folder),
  };
}

async function becomesReady(shell: ChildProcessWithoutNullStreams, folder: string): Promise<void> {
  let complaints = '';
  shell.stderr.on('data', (part: Buffer) => (complaints = (complaints + part.toString()).slice(-4000)));
  for await (const line of createInterface({ input: shell.stdout })) if (line === 'ready') return;
  await stopShell(shell, folder);
  throw new Error(`the S3 server of the tests does not start: ${complaints}`);
}

async function stopShell(shell: ChildProcessWithoutNullStreams, folder: string): Promise<void> {
  const closed = new Promise((resolve) => shell.once('exit', resolve));
  if (shell.exitCode === null && shell.signalCode === null) {
    shell.stdin.end();
    await closed;
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Held together until all are known, so that no two are the same. */
async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function settings(
  folder: string,
  cluster: string,
  monitor: string,
  frontend: string,
  { sessionTokens = false, listPage = 1000 }: S3ServerOptions,
): string {
  return `[global]
fsid = ${cluster}
mon_initial_members = a
mon_host = [v2:${monitor}]
auth_cluster_required = cephx
auth_service_required = cephx
auth_client_required = cephx
auth_allow_insecure_global_id_reclaim = false
keyring = ${folder}/keyring
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_data_avail_crit = 1
mon_max_pg_per_osd = 1000
mon_tick_interval = 1
paxos_propose_interval = 0.02
paxos_min_wait = 0.01
admin_socket = ${folder}/$name.$pid.asok
log_file = ${folder}/$name.log
run_dir = ${folder}
ms_bind_ipv6 = false
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
[mon.a]
mon_data = ${folder}/mon
[osd.0]
osd_data = ${folder}/osd
osd_objectstore = memstore
memstore_device_bytes = 4294967296
[client.rgw.a]
rgw_data = ${folder}/rgw
rgw_frontends = beast ${frontend}
rgw_thread_pool_size = 64
rgw_dns_name = localhost
rgw_override_bucket_index_max_shards = 1
rgw_max_listing_results = ${String(listPage)}
${sessionTokens ? 'rgw_s3_auth_use_sts = true\nrgw_sts_key = abcdefghijklmnop\n' : ''}`;
}
