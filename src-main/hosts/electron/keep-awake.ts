/** Keeps the machine from falling asleep while something runs; the screen may. */
import { powerSaveBlocker } from 'electron';

export class KeepAwake {
  #blocker: number | undefined;

  set(isOn: boolean): void {
    if (isOn) this.#blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    else if (this.#blocker !== undefined) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = undefined;
    }
  }
}
