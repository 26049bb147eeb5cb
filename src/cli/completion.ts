/**
 * Completion for bash, zsh and fish. The scripts are thin: at each Tab they ask `detent complete`
 * what may come next, so they never fall behind the commands of the version that is installed.
 */
import { Argument, type Command, type Option } from "commander";
import { Output } from "./output.ts";
import type { GlobalOptions } from "./session.ts";
import type { Shell } from "./shell.ts";

const SCRIPTS = {
  bash: `_detent_complete() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" IFS=$'\\n'
  COMPREPLY=($(compgen -W "$("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)" -- "$cur"))
}
complete -o default -F _detent_complete detent
`,
  zsh: `#compdef detent
_detent() {
  local -a found
  found=("\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT-1]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then compadd -a found; else _files; fi
}
if [[ "\${funcstack[1]}" == _detent ]]; then _detent "$@"; else compdef _detent detent; fi
`,
  fish: `function __detent_complete
  set -l words (commandline --tokenize --cut-at-cursor --current-process)
  $words[1] complete -- $words[2..] 2>/dev/null
end
complete --command detent --no-files --arguments '(__detent_complete)'
`,
} as const;

const HOW = `
Put it where your shell finds it:
  bash   detent completion bash > ~/.local/share/bash-completion/completions/detent
  zsh    detent completion zsh > "\${fpath[1]}/_detent"
  fish   detent completion fish > ~/.config/fish/completions/detent.fish`;

export function addCompletion(program: Command, shell: Shell): void {
  program
    .command("completion")
    .description("print a completion script")
    .addArgument(new Argument("<shell>", "what you type commands into").choices(names()))
    .addHelpText("after", HOW)
    .action((name: keyof typeof SCRIPTS, _options: object, command: Command) => {
      const lines = SCRIPTS[name].trimEnd().split("\n");
      new Output(shell, command.optsWithGlobals<GlobalOptions>().output).answer({
        json: { shell: name, script: SCRIPTS[name] },
        plain: lines.map((line) => [line]),
        table: () => lines.join("\n"),
      });
    });
  program
    .command("complete", { hidden: true })
    .argument("[words...]", "typed so far, without the one that is being typed")
    .action((words: string[]) => {
      const found = suggest(program, words);
      shell.stdout.write(found.map((word) => `${word}\n`).join(""));
    });
}

function names(): (keyof typeof SCRIPTS)[] {
  return ["bash", "zsh", "fish"];
}

/** What may come after these words. */
function suggest(program: Command, words: readonly string[]): string[] {
  let command = program;
  let option: Option | undefined;
  for (const word of words) {
    if (option) option = undefined;
    else if (word.startsWith("-")) option = valued(optionsOf(command, program), word);
    else command = command.commands.find((each) => each.name() === word) ?? command;
  }
  if (option) return option.argChoices ? [...option.argChoices] : [];
  const commands = command
    .createHelp()
    .visibleCommands(command)
    .map((each) => each.name());
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  const options = optionsOf(command, program).flatMap(({ long }) => long ?? []);
  return [...commands, ...choices, ...options];
}

function optionsOf(command: Command, program: Command): Option[] {
  const own = command.createHelp().visibleOptions(command);
  return command === program ? own : [...own, ...program.options];
}

/** The option of this name, if a value has to follow it. */
function valued(options: readonly Option[], word: string): Option | undefined {
  return options.find(
    (option) => (option.long === word || option.short === word) && option.required,
  );
}
