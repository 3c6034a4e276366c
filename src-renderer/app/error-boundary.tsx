/** Keeps a fault in drawing from leaving an empty window. The core goes on whatever happens here. */
import { Component, type ReactNode } from 'react';
import type { Words } from '../text/language.ts';

interface ErrorBoundaryProps {
  readonly children: ReactNode;
  readonly words: Words['frame'];
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true };
  }

  override render(): ReactNode {
    const { children, words } = this.props;
    if (!this.state.isBroken) return children;
    return (
      <div className="notice" role="alert">
        <h1>{words.brokenTitle}</h1>
        <p>{words.brokenBody}</p>
        <button type="button" onClick={() => location.reload()}>
          {words.loadAgain}
        </button>
      </div>
    );
  }
}
