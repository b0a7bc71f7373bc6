package io.mesosiam.api;

import static java.util.stream.Collectors.toSet;

import io.mesosiam.admin.RowsOfPage;
import io.mesosiam.api.ExplainedDecision.ExplainedVerdict;
import io.mesosiam.api.sight.OwnDecisions;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The verdicts that an explanation lists of one decision: of the policies that have a part in it, then of the others, then of
 * rows that can't be used and took no part. At least one is listed, and no more once they have their share of {@link
 * RowsOfPage#BYTES}: a controller can have more policies than an answer can list. Not thread-safe.
 */
final class ListedVerdicts {
    /** The most policies without a part in the decisions about one launch, and the most rows that can't be used. */
    private static final int MOST = 1000;

    private final List<ExplainedVerdict> listed = new ArrayList<>();
    private long room;
    private int omitted;

    /** @param decisions the number of decisions about the launch; each has an equal share */
    ListedVerdicts(List<Verdict> verdicts, Subject subject, PolicyRows rows, int decisions) {
        this.room = RowsOfPage.BYTES / decisions;
        Set<PolicyId> considered = verdicts.stream().map(Verdict::policy).collect(toSet());
        Function<Verdict, ExplainedVerdict> shown = verdict -> ExplainedVerdict.of(verdict, rows, subject);
        list(verdicts.stream().filter(OwnDecisions::hasPart), Integer.MAX_VALUE, shown);
        list(
                verdicts.stream()
                        .filter(verdict ->
                                !OwnDecisions.hasPart(verdict) && rows.sight().sees(verdict.policy())),
                MOST / decisions,
                shown);
        list(
                rows.rejected().stream().filter(row -> !considered.contains(row.policy())),
                MOST / decisions,
                ExplainedVerdict::unusable);
    }

    private <T> void list(Stream<T> all, long most, Function<T, ExplainedVerdict> shown) {
        long end = listed.size() + most;
        all.forEach(each -> {
            if (listed.isEmpty() || (listed.size() < end && room > 0)) {
                ExplainedVerdict verdict = shown.apply(each);
                room -= verdict.length();
                listed.add(verdict);
            } else {
                omitted++;
            }
        });
    }

    List<ExplainedVerdict> listed() {
        return Collections.unmodifiableList(listed);
    }

    /** How many aren't listed. */
    int omitted() {
        return omitted;
    }
}
