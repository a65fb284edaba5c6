#!/bin/sh
# optuna 5.0.0: a resumed study with a seeded sampler repeats its trials, depending on the sampler
#
# Expected: a study that is loaded from its storage and gets six more trials has twelve different
#     ones. A seed makes the whole reproducible, as if it had not been interrupted.
# Seen: the storage keeps trials, not the state of the sampler, which begins with its seed again.
#     RandomSampler repeats all six. TPESampler, which also draws at random until there are ten
#     trials, repeats four, and then goes on with two of its own. Only QMCSampler, which keeps its
#     place in the storage, continues. Without an interruption each of them has twelve different
#     ones.
# Why it matters: tuning that is run in short turns (a time limit for each, a cluster that takes the
#     machine away) measures the same plans over and over and learns nothing; so do workers on one
#     storage that were given the same seed. Derive the seed from the number of trials there are.
# Output: for each sampler how many of twelve trials are different ones, in one turn and in two.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check optuna==5.0.0 scipy==1.17.1

expected='RandomSampler: 12 in one turn, 6 in two
TPESampler: 12 in one turn, 8 in two
QMCSampler: 12 in one turn, 12 in two
RandomSampler with another seed for each turn: 12 in two'

seen=$("$work/venv/bin/python" - "$work/study.log" <<'END'
import sys
import warnings
import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)


def cycles(trial):
    return abs(trial.suggest_int("plan", 0, 1_000_000) - 500_000)


def distinct(sampler, turns, reseed=False):
    name = f"{sampler.__name__} {turns} {reseed}"
    storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(sys.argv[1]))
    for turn in range(turns):
        seed = turn if reseed else 0
        study = optuna.create_study(
            study_name=name, storage=storage, sampler=sampler(seed=seed), load_if_exists=True
        )
        study.optimize(cycles, n_trials=12 // turns)
    return len({trial.params["plan"] for trial in study.trials})


samplers = optuna.samplers
for sampler in (samplers.RandomSampler, samplers.TPESampler, samplers.QMCSampler):
    print(f"{sampler.__name__}: {distinct(sampler, 1)} in one turn, {distinct(sampler, 2)} in two")
print("RandomSampler with another seed for each turn:", distinct(samplers.RandomSampler, 2, True), "in two")
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected" || { echo "Something else was seen before; see the head of $0." >&2; exit 1; }
