package io.mesosiam.policy;

import io.mesosiam.policy.Evaluation.Matches;
import io.mesosiam.policy.Evaluation.Misses;
import io.mesosiam.policy.Evaluation.Open;
import io.mesosiam.policy.Verdict.Result;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.Function;

/**
 * The verdicts of a decision, one for each evaluation, in order. Each is made when it is read: a task with hundreds of credential
 * names has as many decisions, which share the evaluations, and only an explanation reads the verdicts. Immutable.
 */
final class Verdicts extends AbstractList<Verdict> implements RandomAccess {
    private final List<Evaluation> evaluations;
    private final CredentialName name;
    private final Function<Matches, Verdict> matching;

    /**
     * @param evaluations are not changed any more
     * @param name that of the decision
     * @param matching makes the verdict of a policy that matches and concerns that name
     */
    Verdicts(List<Evaluation> evaluations, CredentialName name, Function<Matches, Verdict> matching) {
        this.evaluations = evaluations;
        this.name = name;
        this.matching = matching;
    }

    /** An immutable list of these verdicts, without making them. */
    static List<Verdict> copyOf(List<Verdict> verdicts) {
        return verdicts instanceof Verdicts ? verdicts : List.copyOf(verdicts);
    }

    @Override
    public Verdict get(int index) {
        return switch (evaluations.get(index)) {
            case Misses misses -> misses.verdict(name);
            case Open open -> open.verdict();
            case Evaluation.GivesNothing nothing -> nothing.verdict();
            case Matches match ->
                match.policy().rule().concerns(name)
                        ? matching.apply(match)
                        : Verdict.of(match.policy(), Result.NO_MATCH, "it concerns another credential name");
        };
    }

    @Override
    public int size() {
        return evaluations.size();
    }
}
