/** The folders of a plan as a tree: each with its size, ticked where it is copied, with what is left out of it. */
import { ActionIcon, Button, Checkbox } from '@mantine/core';
import { ChevronDown, ChevronRight, Folder, FolderPlus, X } from 'lucide-react';
import { useState } from 'react';
import type { WirePath } from '#contract/app/values.ts';
import { useAnswer } from '../../core-link/use-answer.ts';
import type { PlanChoices } from '../../core-link/plan-choices.ts';
import { useCore } from '../../core-link/use-core.ts';
import { useChooseFolder } from '../../parts/choose-folder.tsx';
import { useDroppedFolders } from '../../parts/use-dropped-folders.ts';
import { useCoreSentences } from '../../text/core-sentences.ts';
import { nameKey, showLastName } from '../../text/show-name.ts';
import { useFormats, useShowPath, useWords } from '../../text/use-words.ts';
import { Section } from '../../ui/section.tsx';
import { inTurn } from './in-turn.ts';
import { patternOf, withFolder } from './view-model.ts';

export interface SourceTreeProps {
  readonly choices: PlanChoices;
  readonly platform: string;
  readonly onChange: (choices: PlanChoices) => void;
}

export function SourceTree({ choices, platform, onChange }: SourceTreeProps) {
  const showPath = useShowPath();
  const { folders: words } = useWords();
  const chooseFolder = useChooseFolder();
  const addAll = (added: readonly WirePath[]): void => {
    const known = new Set(choices.folders.map(nameKey));
    const others = added.filter((each) => !known.has(nameKey(each)));
    if (others.length > 0) onChange({ ...choices, folders: [...choices.folders, ...others] });
  };
  const add = async (): Promise<void> => {
    const folder = await chooseFolder({ title: words.addFolder });
    if (folder !== null) addAll([folder]);
  };
  useDroppedFolders(addAll);
  return (
    <Section
      title={words.what}
      actions={
        <Button
          variant="default"
          size="compact-md"
          leftSection={<FolderPlus size={15} strokeWidth={1.7} aria-hidden />}
          onClick={() => void add()}
        >
          {words.addFolder}
        </Button>
      }
    >
      <div className="card source-tree">
        {choices.folders.length === 0 ? (
          <p className="quiet">{words.needsFolder}</p>
        ) : (
          <ul aria-label={words.tree}>
            {choices.folders.map((folder) => (
              <TreeNode
                key={nameKey(folder)}
                folder={folder}
                label={showPath(folder)}
                level={0}
                isParentOut={false}
                choices={choices}
                platform={platform}
                onChange={onChange}
              />
            ))}
          </ul>
        )}
        <Total choices={choices} />
      </div>
    </Section>
  );
}

interface TreeNodeProps extends SourceTreeProps {
  readonly folder: WirePath;
  readonly label: string;
  readonly level: number;
  readonly isParentOut: boolean;
}

function TreeNode({ folder, label, level, isParentOut, choices, platform, onChange }: TreeNodeProps) {
  const { calls } = useCore();
  const { folders: words } = useWords();
  const formats = useFormats();
  const [isOpen, setOpen] = useState(false);
  const { exclusions } = choices;
  const own = ownRule(patternOf(folder, platform), exclusions.patterns);
  const { value: size } = useAnswer(
    (signal) =>
      inTurn(signal, async () => ({
        own,
        ...(await calls['plans.preview']({ folders: [folder], exclusions }, { signal })),
      })),
    [folder, exclusions],
  );
  const pattern = patternOf(folder, platform);
  const isOutByPerson = own === 'out';
  // What was counted under another tick says nothing about the rules.
  const isOutByRule =
    own !== 'out' && level > 0 && size?.own === own && size.files === 0 && size.leftOutFiles > 0;
  const isOut = isOutByPerson || isOutByRule || (isParentOut && own !== 'back' && (size?.files ?? 0) === 0);
  const name = showLastName(folder);
  const ChevronIcon = isOpen ? ChevronDown : ChevronRight;
  return (
    <li>
      <div className={isOut ? 'row out' : 'row'} style={{ paddingInlineStart: level * 22 }}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-expanded={isOpen}
          aria-label={isOpen ? words.shut(name) : words.open(name)}
          onClick={() => setOpen(!isOpen)}
        >
          <ChevronIcon size={15} strokeWidth={1.7} aria-hidden />
        </ActionIcon>
        {level > 0 && (
          <Checkbox
            size="xs"
            aria-label={words.include(name)}
            checked={!isOut}
            disabled={pattern === undefined}
            onChange={({ currentTarget }) =>
              onChange(withFolder(choices, folder, currentTarget.checked, platform))
            }
          />
        )}
        <Folder size={17} strokeWidth={1.7} aria-hidden />
        <span className="name" title={label}>
          {level === 0 && <span className="above">{label.slice(0, label.length - name.length)}</span>}
          {name}
        </span>
        {isOut && <span className="why">{isOutByPerson ? words.leftOutByYou : words.leftOutByRule}</span>}
        {!isOut && level > 0 && size !== undefined && size.leftOutBytes > 0 && (
          <span className="why">{words.partly(formats.bytes(size.leftOutBytes))}</span>
        )}
        <span className="size">
          {size === undefined ? '…' : formats.bytes(isOut ? size.leftOutBytes : size.bytes)}
        </span>
        {level === 0 && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={words.takeOut(name)}
            onClick={() =>
              onChange({
                ...choices,
                folders: choices.folders.filter((each) => nameKey(each) !== nameKey(folder)),
              })
            }
          >
            <X size={15} strokeWidth={1.7} aria-hidden />
          </ActionIcon>
        )}
      </div>
      {isOpen && (
        <Children
          folder={folder}
          label={label}
          level={level}
          isParentOut={isOut}
          choices={choices}
          platform={platform}
          onChange={onChange}
        />
      )}
    </li>
  );
}

/** What the person has said of this very folder. */
function ownRule(pattern: string | undefined, patterns: readonly WirePath[]): 'out' | 'back' | 'none' {
  if (pattern === undefined) return 'none';
  if (patterns.includes(pattern)) return 'out';
  return patterns.includes(`!${pattern}`) ? 'back' : 'none';
}

function Children({ folder, level, isParentOut, choices, platform, onChange }: TreeNodeProps) {
  const showPath = useShowPath();
  const { calls } = useCore();
  const { folders: words, frame } = useWords();
  const core = useCoreSentences();
  const answer = useAnswer((signal) => calls['host.listFolder']({ folder }, { signal }), [folder]);
  const inset = { paddingInlineStart: (level + 1) * 22 + 30 };
  if (answer.kind === 'refused')
    return (
      <p className="quiet" style={inset}>
        {core.error(answer.error)}
      </p>
    );
  if (answer.value === undefined)
    return (
      <p className="quiet" style={inset}>
        {frame.loading}…
      </p>
    );
  if (answer.value.folders.length === 0)
    return (
      <p className="quiet" style={inset}>
        {words.noFolders}
      </p>
    );
  return (
    <ul>
      {answer.value.folders.map(({ path, name }) => (
        <TreeNode
          key={nameKey(name)}
          folder={path}
          label={showPath(path)}
          level={level + 1}
          isParentOut={isParentOut}
          choices={choices}
          platform={platform}
          onChange={onChange}
        />
      ))}
    </ul>
  );
}

function Total({ choices: { folders, exclusions } }: { readonly choices: PlanChoices }) {
  const { calls } = useCore();
  const { folders: words } = useWords();
  const formats = useFormats();
  const [counted, setCounted] = useState(0);
  const { kind, value } = useAnswer(
    folders.length === 0
      ? null
      : (signal) =>
          calls['plans.preview'](
            { folders, exclusions },
            { signal, onProgress: ({ files }) => setCounted(files) },
          ),
    [folders, exclusions],
  );
  if (folders.length === 0) return null;
  return (
    <p className="total" aria-live="polite">
      {value === undefined || (kind === 'asking' && counted > 0)
        ? words.counting(formats.count(counted), counted === 1)
        : [
            words.total(formats.count(value.files), value.files === 1, formats.bytes(value.bytes)),
            value.leftOutFiles === 0
              ? ''
              : words.totalOut(
                  formats.count(value.leftOutFiles),
                  value.leftOutFiles === 1,
                  formats.bytes(value.leftOutBytes),
                ),
          ]
            .filter((part) => part !== '')
            .join(' · ')}
    </p>
  );
}
