import { type Architecture, architectureOf } from './architecture.ts';
import type { ModelConfig } from './model-config.ts';

/** How a prompt becomes tokens, which token a text begins after, and how tokens become text. */
interface TextForm {
  readonly prompt: string;
  readonly usage: string;
  readonly tokens: string;
  readonly start: string;
  readonly joined: string;
  /** What `joined` calls, if anything. */
  readonly helper?: string;
}

const char: TextForm = {
  prompt: 'Once upon a time',
  usage: 'goes on from these characters',
  tokens: 'list(" ".join(words))',
  start: '"\\n"',
  joined: '"".join(tokens)',
};

const word: TextForm = {
  prompt: 'the price of',
  usage: 'goes on from these words',
  tokens: '" ".join(words).replace("\\n", " <eos> ").split()',
  start: '"<eos>"',
  joined: '" ".join(tokens).replace("<eos>", "\\n")',
};

/** Tokens are made of GPT-2's letters for bytes; putting a prompt together needs tokenizer.json and a library that reads it. */
const bpe: TextForm = {
  prompt: '<token> <token>',
  usage: 'goes on from tokens of vocab.json',
  tokens: 'words',
  start: '"\u010a"',
  joined: 'text_of(tokens)',
  helper: `def text_of(tokens):
    """Each letter is a byte: those that can be printed as they are, the others from U+0100 on, as in GPT-2"""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    byte_of = {chr(byte): byte for byte in printable}
    byte_of.update((chr(256 + i), byte) for i, byte in enumerate(others))
    return bytes(byte_of[letter] for token in tokens for letter in token).decode("utf-8", "replace")


`,
};

const forms: Readonly<Record<string, TextForm>> = { char, word, bpe };

const other: TextForm = {
  prompt: '<token> <token>',
  usage: 'goes on from tokens of vocab.json',
  tokens: 'words',
  start: '"\\n"',
  joined: '" ".join(tokens)',
};

/**
 * A `model.py` that lies beside the `model.safetensors` of `toPyTorch` and the `vocab.json` of the model folder: it defines the module, loads it and lets it
 * write. It needs PyTorch 1.13 or newer, and no other package.
 *
 * @param config with the `tokenizer` of the model, `word`, `char` or `bpe`; without it a prompt is made of tokens
 * @throws CheckpointError for a model that has no such form, or a cell that PyTorch does not have
 */
export function modelPy(config: ModelConfig & { readonly tokenizer?: unknown }): string {
  const architecture = architectureOf('modelPy', 'pytorch', config);
  const kind = String(config.tokenizer);
  const form = Object.hasOwn(forms, kind) ? forms[kind] : other;
  const { prompt, usage, tokens, start, joined, helper = '' } = form;
  const isTied = architecture.head !== 'affine';
  const tie = isTied
    ? '\n    weights["linear.weight"] = weights["embedding.weight"]  # the file has it once'
    : '';
  const call = `python3 model.py "${prompt}"`;
  return `"""A recurrent language model in PyTorch: ${summaryOf(architecture)}. Needs torch 1.13 or newer and nothing else.

    ${'python3 model.py'.padEnd(call.length)}  writes a text
    ${call}  ${usage}

    from model import load
    model = load()
    logits, state = model(torch.tensor([[0, 1]]))      # ids (N, T) to logits (N, T, V), from a state of zeros
    logits, state = model(torch.tensor([[2]]), state)  # and on from there
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn

FOLDER = Path(__file__).resolve().parent


${moduleOf(architecture)}


def read_safetensors(path):
    """https://github.com/huggingface/safetensors#format: the length of a header, the header in JSON, the numbers"""
    data = bytearray(path.read_bytes())
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        dtype = {"F32": torch.float32, "F64": torch.float64}[entry["dtype"]]
        begin, end = entry["data_offsets"]
        numbers = torch.frombuffer(data[start + begin : start + end], dtype=dtype)
        tensors[name] = numbers.reshape(entry["shape"])
    return tensors


def load(path=FOLDER / "model.safetensors"):
    model = LanguageModel()
    weights = read_safetensors(path)${tie}
    model.load_state_dict(weights)
    return model.eval()


@torch.no_grad()
def write(model, ids, count):
    """The ids of \`count\` tokens, each drawn from what the model expects after those before it."""
    logits, state = model(torch.tensor([ids]))
    for _ in range(count):
        drawn = torch.multinomial(logits[0, -1].softmax(dim=-1), 1)
        yield drawn.item()
        logits, state = model(drawn[None], state)


${helper}def main(words):
    vocab = json.loads((FOLDER / "vocab.json").read_text(encoding="utf-8"))
    id_of = {token: id for id, token in enumerate(vocab)}
    prompt = ${tokens}
    ids = [id_of.get(token, id_of.get("<unk>")) for token in prompt]
    if None in ids:
        sys.exit(f"model.py: the vocabulary has no {prompt[ids.index(None)]!r}; vocab.json lists what it has")
    torch.manual_seed(1)  # another seed, another text
    tokens = prompt + [vocab[id] for id in write(load(), ids or [id_of.get(${start}, 0)], 100)]
    print(${joined})


if __name__ == "__main__":
    main(sys.argv[1:])
`;
}

/** `embedding, 2 LSTM layers, linear` */
function summaryOf({ operator, layers, head }: Architecture): string {
  const recurrent = layers.length === 1 ? operator : `${layers.length} ${operator} layers`;
  return `embedding, ${recurrent}, linear${head === 'affine' ? '' : ' tied to the embedding'}`;
}

/** The module, a line for each part of it. */
function moduleOf({
  operator,
  layers,
  head,
  vocabSize: V,
  wordvecSize: D,
  outputSize,
}: Architecture): string {
  const isProjected = head === 'projected';
  const parts = [
    `self.embedding = nn.Embedding(${V}, ${D})`,
    ...layers.flatMap(({ name, norm, D, H }) => [
      `self.${name} = nn.${operator}(${D}, ${H}, batch_first=True)`,
      ...(norm ? [`self.${norm} = nn.LayerNorm(${H})`] : []),
    ]),
    ...(isProjected ? [`self.projection = nn.Linear(${outputSize}, ${D}, bias=False)`] : []),
    `self.linear = nn.Linear(${isProjected ? D : outputSize}, ${V})`,
    ...(head === 'affine' ? [] : ['self.linear.weight = self.embedding.weight']),
  ];

  const isStack = layers.length > 1;
  const states = layers.map((_, i) => (isStack ? `state${i + 1}` : 'state'));
  const stateText = layers[0].state.length === 1 ? 'h' : 'the pair (h, c), each';
  const steps = [
    ...(isStack ? [`${states.join(', ')} = state or [None] * ${layers.length}`] : []),
    ...layers.flatMap(({ name, norm }, i) => [
      `hs, ${states[i]} = self.${name}(${i === 0 ? 'self.embedding(ids)' : 'hs'}, ${states[i]})`,
      ...(norm ? [`hs = self.${norm}(hs)`] : []),
    ]),
    ...(isProjected ? ['hs = self.projection(hs)'] : []),
    `return self.linear(hs), ${isStack ? `(${states.join(', ')})` : 'state'}`,
  ];
  const lines = (all: readonly string[]) => all.map((line) => `        ${line}`).join('\n');
  return `class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
${lines(parts)}

    def forward(self, ids, state=None):
        """ids (N, T) to logits (N, T, V) and the state after them: ${isStack ? 'of each layer ' : ''}${stateText} (1, N, H)"""
${lines(steps)}`;
}
