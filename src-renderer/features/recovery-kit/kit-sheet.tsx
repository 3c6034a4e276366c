/** The page of the kit as it lies on the table: shown on the screen in small, and printed as it is. */
import { useMemo } from 'react';
import { Waves } from '../../ui/waves.tsx';
import { drawQr, qrPath } from './draw-qr.ts';
import type { KitSheet } from './kit-sheet-model.ts';
import './kit-sheet.css';

export function KitSheetPage({ sheet }: { sheet: KitSheet }) {
  const qr = useMemo(() => drawQr(sheet.qrText), [sheet.qrText]);
  return (
    <article className={`kit-sheet ${sheet.paper}`} aria-label={sheet.title}>
      <header>
        <Waves />
        <div>
          <h2>{sheet.title}</h2>
          <p>{sheet.made}</p>
        </div>
      </header>
      <p className="what">{sheet.sentences.join(' ')}</p>
      <div className="place">
        <section>
          <h3>{sheet.whereTitle}</h3>
          <dl>
            {sheet.where.map(({ label, value }) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </section>
        <figure>
          <svg viewBox={`-2 -2 ${qr.size + 4} ${qr.size + 4}`} role="img" aria-label={sheet.qrLabel}>
            <rect className="paper" x="-2" y="-2" width={qr.size + 4} height={qr.size + 4} />
            <path className="ink" d={qrPath(qr)} shapeRendering="crispEdges" />
          </svg>
          <figcaption>{sheet.qrLabel}</figcaption>
        </figure>
      </div>
      <section className="code">
        <h3>{sheet.codeTitle}</h3>
        {sheet.groups === null ? (
          <p className="hidden">{sheet.codeHidden}</p>
        ) : (
          <ol>
            {sheet.groups.map((group, at) => (
              <li key={at}>
                <b>{group}</b>
                <i>{at + 1}</i>
              </li>
            ))}
          </ol>
        )}
      </section>
      <div className="ways">
        <section>
          <h3>{sheet.stepsTitle}</h3>
          <ol className="steps">
            {sheet.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </section>
        <section>
          <h3>{sheet.plainTitle}</h3>
          <p>{sheet.plainBody}</p>
          {sheet.commands.map((command) => (
            <code key={command}>{command}</code>
          ))}
        </section>
      </div>
      <footer>
        <p className="given">
          {sheet.givenToLabel} <span>{sheet.givenTo}</span>
        </p>
        <p className="identity">{sheet.identity}</p>
      </footer>
    </article>
  );
}
