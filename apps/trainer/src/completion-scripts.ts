/**
 * What a shell loads to complete `unroll`. Nothing that stands on the command line is evaluated: it is handed on word by word. Where
 * `unroll complete` knows nothing, the shell offers files.
 */
export const completionScripts: Readonly<Record<string, string>> = {
  bash: `__unroll_complete() {
  local word
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    [[ $word == :* ]] || COMPREPLY+=("$word")
  done < <(unroll complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F __unroll_complete unroll
`,
  zsh: `_unroll() {
  local line
  local -a found
  for line in "\${(@f)$(unroll complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -z $line || $line == :* ]] || found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#found )); then _describe unroll found; else _files; fi
}
compdef _unroll unroll
`,
  fish: `function __unroll_complete
  set -l words (commandline -opc) (commandline -ct)
  unroll complete -- $words[2..-1] 2>/dev/null | string match -rv '^:'
end
complete -c unroll -a '(__unroll_complete)'
`,
};
