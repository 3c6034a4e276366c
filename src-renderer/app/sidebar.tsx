/** Navigation, and how things stand in two lines with the one action that is always at hand. */
import { Activity, Clock, Folder, HardDrive, Settings, Shield, type LucideIcon } from 'lucide-react';
import { newestVersionMs } from '#contract/app/overview-words.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { useCore, useMirror } from '../core-link/use-core.ts';
import { useNowMs } from '../core-link/use-now.ts';
import { useCoreSentences } from '../text/core-sentences.ts';
import { useWords } from '../text/use-words.ts';
import { Dot, type DotProps } from '../ui/dot.tsx';
import { RestingButton } from '../ui/resting-button.tsx';
import { Waves } from '../ui/waves.tsx';
import type { Page } from './read-route.ts';
import './sidebar.css';

type NavigationPage = 'overview' | 'history' | 'folders' | 'places' | 'activity' | 'settings';

const ICONS: Readonly<Record<NavigationPage, LucideIcon>> = {
  overview: Shield,
  history: Clock,
  folders: Folder,
  places: HardDrive,
  activity: Activity,
  settings: Settings,
};

const TONES: Readonly<Record<Mirror['health']['state'], DotProps['tone']>> = {
  protected: 'good',
  protectedExcept: 'good',
  cannotTell: 'warning',
  late: 'warning',
  inDanger: 'danger',
};

export function Sidebar({ page }: { page: Page }) {
  const { frame } = useWords();
  const labels: Readonly<Record<NavigationPage, string>> = {
    overview: frame.overview,
    history: frame.timeline,
    folders: frame.folders,
    places: frame.places,
    activity: frame.activity,
    settings: frame.settings,
  };
  return (
    <nav className="sidebar" data-region aria-label={frame.navigation}>
      <a className="brand" href="#/">
        <Waves />
        <span>Tidemark</span>
      </a>
      <ul>
        {(Object.keys(ICONS) as NavigationPage[]).map((name) => {
          const Icon = ICONS[name];
          return (
            <li key={name}>
              <a
                href={name === 'overview' ? '#/' : `#/${name}`}
                aria-current={page === name ? 'page' : undefined}
                title={labels[name]}
              >
                <Icon size={17} strokeWidth={1.7} aria-hidden />
                <span>{labels[name]}</span>
              </a>
            </li>
          );
        })}
      </ul>
      <Standing />
    </nav>
  );
}

/** Protected, but only this computer can open the copies: amber, as on the overview. */
function isOnlyHere({ health }: Mirror): boolean {
  return (
    health.state === 'protectedExcept' && health.problems.some(({ code }) => code === 'recoveryUnproven')
  );
}

/** The same sentence as on the overview, cut in two: how it stands, and how old the newest copy is. */
function Standing() {
  const { calls } = useCore();
  const mirror = useMirror();
  const nowMs = useNowMs(mirror);
  const { frame } = useWords();
  const core = useCoreSentences();
  if (mirror === undefined || mirror.plans.length === 0) return null;
  const [sentence = '', ...rest] = core.overview(mirror, nowMs).split(/(?<=\.) /);
  const isRunning = mirror.jobs.some(({ kind, state }) => kind === 'backup' && state === 'running');
  return (
    <section className="standing">
      <p className="sentence">
        <Dot tone={isOnlyHere(mirror) ? 'warning' : TONES[mirror.health.state]} />{' '}
        {sentence.replace(/\.$/, '')}
      </p>
      {newestVersionMs(mirror) !== undefined && <p className="detail">{rest.join(' ')}</p>}
      <RestingButton
        variant="default"
        fullWidth
        isResting={isRunning || !mirror.plans.some(({ isOn }) => isOn)}
        onClick={() => void calls['jobs.backUpNow']({ planId: null }).catch(() => undefined)}
      >
        {isRunning ? frame.isBackingUp : frame.backUpNow}
      </RestingButton>
    </section>
  );
}
