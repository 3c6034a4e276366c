/**
 * Notifications of the system, one per problem: told anew they replace the former one, over they are taken back. A
 * click shows the page where the problem is mended. References are kept until then, else Electron forgets the click.
 */
import { Notification } from 'electron';

export interface Notice {
  /** The same for the same problem. */
  readonly key: string;
  readonly title: string;
  readonly body: string;
  readonly isUrgent: boolean;
  /** Of the page that a click opens; asked when it is clicked, because a notice may have stood for hours. */
  routeOf(): string;
}

export class Notices {
  readonly #shown = new Map<string, Notification>();
  readonly #onClick: (route: string) => void;

  constructor(onClick: (route: string) => void) {
    this.#onClick = onClick;
  }

  tell({ key, title, body, isUrgent, routeOf }: Notice): void {
    // Without a notification service tray and window still say it.
    if (!Notification.isSupported()) return;
    this.withdraw(key);
    const notification = new Notification({ title, body, urgency: isUrgent ? 'critical' : 'normal' });
    this.#shown.set(key, notification);
    notification.on('click', () => {
      this.#forget(key, notification);
      this.#onClick(routeOf());
    });
    notification.on('close', () => this.#forget(key, notification));
    notification.show();
  }

  withdraw(key: string): void {
    const notification = this.#shown.get(key);
    this.#shown.delete(key);
    notification?.close();
  }

  /** A later notice of the same problem may stand in its place already. */
  #forget(key: string, notification: Notification): void {
    if (this.#shown.get(key) === notification) this.#shown.delete(key);
  }
}
