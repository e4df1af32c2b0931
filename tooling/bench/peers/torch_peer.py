"""The language models in PyTorch, with its own LSTM."""

import measure

config = measure.begin('torch')

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

if config.get('threads'):
    torch.set_num_threads(config['threads'])


def gates(weights):
    """From this order of gates along the last axis, f g i o, to that of PyTorch, i f g o."""
    f, g, i, o = torch.from_numpy(weights).chunk(4, dim=-1)
    return torch.cat([i, f, g, o], dim=-1)


def make_lstm(tensors, name):
    Wx, Wh, b = (gates(tensors[f'{name}.{part}']) for part in ('Wx', 'Wh', 'b'))
    lstm = nn.LSTM(Wx.shape[0], Wh.shape[0])
    with torch.no_grad():
        lstm.weight_ih_l0.copy_(Wx.T)
        lstm.weight_hh_l0.copy_(Wh.T)
        lstm.bias_ih_l0.copy_(b)
        lstm.bias_hh_l0.zero_()
    lstm.bias_hh_l0.requires_grad_(False)  # one bias is trained, as in the book
    return lstm


class LanguageModel(nn.Module):
    def __init__(self, tensors):
        super().__init__()
        tied = config['model'] == 'better-rnnlm'
        self.embed = nn.Embedding.from_pretrained(torch.from_numpy(tensors['embed.W']), freeze=False)
        self.lstms = nn.ModuleList(make_lstm(tensors, name) for name in (['lstm1', 'lstm2'] if tied else ['lstm']))
        self.affine = nn.Linear(config['H'], config['V'])
        self.affine.bias.data.copy_(torch.from_numpy(tensors['affine.b']))
        if tied:
            self.affine.weight = self.embed.weight
        else:
            self.affine.weight.data.copy_(torch.from_numpy(tensors['affine.W']).T)

    def forward(self, xs, states):
        x = self.embed(xs)
        after = []
        for lstm, state in zip(self.lstms, states):
            x, (h, c) = lstm(x, state)
            after.append((h.detach(), c.detach()))
        return self.affine(x), after


def build(tensors):
    model = LanguageModel(tensors)
    params = [param for param in model.parameters() if param.requires_grad]
    optimizer = torch.optim.SGD(params, lr=config['lr'])
    states = [None] * len(model.lstms)

    def step(xs, ts):
        nonlocal states
        xs, ts = (torch.from_numpy(ids).long().T.contiguous() for ids in (xs, ts))  # time first
        optimizer.zero_grad(set_to_none=True)
        scores, states = model(xs, states)
        loss = F.cross_entropy(scores.flatten(0, 1), ts.flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(params, config['maxNorm'])
        optimizer.step()
        return loss.item()

    return step


measure.run(config, torch.__version__, build, torch.get_num_threads())
