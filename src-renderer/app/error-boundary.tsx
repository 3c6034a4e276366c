/** Keeps a fault in drawing from leaving an empty window. The core goes on whatever happens here. */
import { Component, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';

export class ErrorBoundary extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true };
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children;
    return (
      <div className="notice" role="alert">
        <h1>This page cannot be shown.</h1>
        <p>That is a fault of Tidemark. Backups go on, and what was saved is safe.</p>
        <Button onClick={() => location.reload()} isPrimary>
          Load it again
        </Button>
      </div>
    );
  }
}
