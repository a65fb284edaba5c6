#!/bin/sh
# optuna 5.0.0: above 2**53 a study records another integer than the objective got, and steps are lost
#
# Expected: `suggest_int("word", 1, 2**63 - 1, step=2)` gives odd numbers, and `best_params` has the
#     number that the objective was called with, for which `best_value` is true.
# Seen: parameters are kept as floats. RandomSampler gives odd numbers, and for 39 of 40 trials the
#     study has a neighbour, an even one: the best has 21 ones in binary, the number that is reported
#     for it 20. TPESampler, which learns from what was recorded, gives even numbers in all 30
#     trials after its 10 random ones. With step 1 every number of both is even. Up to 2**53
#     everything holds. Nothing is said of the range; all that warns is a division by zero in TPE.
# Why it matters: seeds, masks and multipliers of 64 bits are searched like that. The word that is
#     reported does not give the result that is reported; an even multiplier is not even a
#     permutation. Suggest halves of 32 bits and put them together.
# Output: for each range, step and sampler how many of 40 numbers were odd, how many were recorded
#     as they were given, and of RandomSampler the ones of the best number as given and as reported.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check optuna==5.0.0 numpy==2.4.6

expected='1 to 2**53 - 1 by 2, RandomSampler: 40 odd, 40 recorded, best 21, reported 21
1 to 2**53 - 1 by 2, TPESampler: 40 odd, 40 recorded
1 to 2**63 - 1 by 2, RandomSampler: 40 odd, 1 recorded, best 21, reported 20
1 to 2**63 - 1 by 2, TPESampler: 10 odd, 31 recorded
0 to 2**63 - 1 by 1, RandomSampler: 0 odd, 40 recorded, best 20, reported 20
0 to 2**63 - 1 by 1, TPESampler: 0 odd, 40 recorded
the same from SQLite: True'

seen=$("$work/venv/bin/python" - "sqlite:///$work/study.db" <<'END'
import sys
import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)

samplers = (optuna.samplers.RandomSampler, optuna.samplers.TPESampler)


def search(sampler, low, high, step, storage=None):
    given = []

    def ones(trial):
        given.append(trial.suggest_int("word", low, high, step=step))
        return given[-1].bit_count()

    study = optuna.create_study(sampler=sampler(seed=1), storage=storage)
    study.optimize(ones, n_trials=40)
    recorded = [trial.params["word"] for trial in study.trials]
    best = given[study.best_trial.number]
    assert best.bit_count() == study.best_value
    counts = f"{sum(word % 2 for word in given)} odd, {sum(map(int.__eq__, given, recorded))} recorded"
    reported = study.best_params["word"].bit_count()
    return counts + (f", best {best.bit_count()}, reported {reported}" if sampler is samplers[0] else "")


for low, power, step in ((1, 53, 2), (1, 63, 2), (0, 63, 1)):
    for sampler in samplers:
        print(f"{low} to 2**{power} - 1 by {step}, {sampler.__name__}: {search(sampler, low, 2**power - 1, step)}")
same = [search(s, 1, 2**63 - 1, 2) == search(s, 1, 2**63 - 1, 2, sys.argv[1]) for s in samplers]
print("the same from SQLite:", all(same))
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
