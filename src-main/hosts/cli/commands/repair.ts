/** `tidemark repair`: one subcommand per kind of damage; each lies in a file of its own, `repair-*.ts`. */
import type { Command } from 'commander';
import type { RunCommand } from '../command-session.ts';
import { example } from '../option-values.ts';
import { defineRepairIndex } from './repair-index.ts';
import { defineRepairPacks } from './repair-packs.ts';
import { defineRepairSnapshots } from './repair-snapshots.ts';

export function defineRepair(command: Command, run: RunCommand): void {
  command.addHelpText('after', example('tidemark -r /mnt/backup repair snapshots --dry-run'));
  defineRepairIndex(command.command('index'), run);
  defineRepairPacks(command.command('packs'), run);
  defineRepairSnapshots(command.command('snapshots'), run);
}
