/** The tray's one introduction, at the end of the first run: a card that points at it. Only where there is a tray, and only once. */
import { Button } from '@mantine/core';
import { ArrowDownRight, ArrowUpRight } from 'lucide-react';
import { useEffect, useState } from 'react';
import { isDesktop } from '../../core-link/desktop.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore } from '../../core-link/use-core.ts';
import { useWords } from '../../text/use-words.ts';
import './tray-card.css';

export function TrayCard() {
  const { calls } = useCore();
  const { welcome } = useWords();
  const [isRead, setRead] = useState(false);
  const { value } = useAnswer(isDesktop() ? () => calls['tray.introduction']({}) : null, []);
  const corner = value?.corner;
  useEffect(() => {
    // Seen is told: it does not come again, and closing the window needs no notice.
    if (corner !== undefined) calls['tray.told']({}).catch(() => undefined);
  }, [calls, corner]);
  if (corner === undefined || isRead) return null;
  const Arrow = corner === 'topRight' ? ArrowUpRight : ArrowDownRight;
  return (
    <aside className={`tray-card ${corner}`} aria-labelledby="tray-card-title">
      <Arrow className="arrow" size={26} strokeWidth={1.8} aria-hidden />
      <h2 id="tray-card-title">{welcome.trayTitle}</h2>
      <p>{welcome.trayBody[corner]}</p>
      <Button variant="default" size="compact-sm" onClick={() => setRead(true)}>
        {welcome.trayRead}
      </Button>
    </aside>
  );
}
