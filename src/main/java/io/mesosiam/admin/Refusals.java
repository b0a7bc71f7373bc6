package io.mesosiam.admin;

import io.mesosiam.admin.Refused.Fault;
import io.vertx.pgclient.PgException;
import jakarta.persistence.OptimisticLockException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hibernate.JDBCException;
import org.hibernate.StaleStateException;
import org.hibernate.exception.ConstraintViolationException;

/** Maps a failed statement to the reason for a refusal; the only place that does. */
public final class Refusals {
    private static final Pattern OUT_OF_BOUNDS =
            Pattern.compile("ERROR: (?<bounds>[a-z_]+: .* of namespace /.*) \\(23514\\)", Pattern.DOTALL);

    private static final Pattern FULL =
            Pattern.compile("ERROR: namespace: (?<problem>/.* has .* grants that have not ended) \\(23514\\)");

    /** An error of the trigger names a column of the policy or the grant, and the bound of a namespace. */
    static final Constraints BOUNDS = Policies.CONSTRAINTS
            .and(Constraints.of(
                    "iam_role_arns",
                    "via_role_arns",
                    "aws_accounts",
                    "mesos_roles",
                    "framework_principals",
                    "session_policy_floor",
                    "trusted_selectors_only",
                    "sensitive_only"))
            .and(new Constraints(Map.of("longest_ttl", "longestTtlSeconds", "expires_at", "expiresInSeconds")));

    private Refusals() {}

    /** Empty if the failure says nothing of the request: the database is away, or there is a bug. */
    public static Optional<Refused> of(Throwable failure) {
        return outOfBounds(failure).or(() -> byState(failure));
    }

    /**
     * The trigger's error has a line for each violated bound, with the column and the namespace, and nothing of other rows. Hibernate Reactive keeps
     * only the text and the SQLSTATE of an error; those of CHECK constraints don't begin with a column.
     */
    private static Optional<Refused> outOfBounds(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof JDBCException refused) {
                Matcher error = OUT_OF_BOUNDS.matcher(
                        String.valueOf(refused.getSQLException().getMessage()));
                return error.matches()
                        ? Optional.of(new Refused.Invalid(error.group("bounds")
                                .lines()
                                .map(bound -> BOUNDS.fault("", bound))
                                .toList()))
                        : full(String.valueOf(refused.getSQLException().getMessage()));
            }
        }
        return Optional.empty();
    }

    private static Optional<Refused> full(String message) {
        Matcher error = FULL.matcher(message);
        return error.matches()
                ? Optional.of(new Refused.Conflict(
                        "namespace " + error.group("problem") + ": end some, or wait until they expire"))
                : Optional.empty();
    }

    private static Optional<Refused> byState(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConstraintViolationException violated) {
                return of(
                        String.valueOf(violated.getSQLState()),
                        Optional.ofNullable(violated.getConstraintName()).orElse(""));
            }
            if (cause instanceof JDBCException refused) {
                return of(String.valueOf(refused.getSQLState()), "");
            }
            if (cause instanceof PgException refused) {
                return of(
                        String.valueOf(refused.getSqlState()),
                        Optional.ofNullable(refused.getConstraint()).orElse(""));
            }
            if (cause instanceof StaleStateException || cause instanceof OptimisticLockException) {
                return Optional.of(new Refused.LostRace());
            }
        }
        return Optional.empty();
    }

    /**
     * By SQLSTATE, appendix A of the PostgreSQL manual. 40001 and 40P01: serialization failure and deadlock. 55P03: lock not
     * available. 23505: unique. 42501 and class 28: rights and sign-in. P0001: raised by a site's trigger.
     */
    private static Optional<Refused> of(String state, String constraint) {
        return switch (state) {
            case "40001", "40P01", "55P03" -> Optional.of(new Refused.LostRace());
            case "23505" -> Optional.of(taken(constraint));
            case "42501" -> Optional.of(new Refused.NotPermitted());
            default ->
                state.startsWith("22") || state.startsWith("23") || state.startsWith("54") || state.equals("P0001")
                        ? Optional.of(new Refused.Invalid(List.of(fault(constraint))))
                        : Optional.empty();
        };
    }

    /** A policy that another request created in the meantime can be replaced; of the others there is one already. */
    private static Refused taken(String constraint) {
        return switch (constraint) {
            case "attribute_trust_once" -> new Refused.Conflict("this attribute of this framework is trusted already");
            case "withdrawal_once" -> new Refused.Conflict("a withdrawal that covers the same stands already");
            default -> new Refused.LostRace();
        };
    }

    /** The text of a constraint's error quotes the row, so only the constraint's name is passed on. */
    private static Fault fault(String constraint) {
        return switch (constraint) {
            case "" -> new Fault("", "the database can't store it");
            case "policy_namespace_exists", "launch_grant_namespace_exists" ->
                new Fault("namespace", "there is no such namespace: create it first");
            default -> new Fault("", "the database's constraint " + constraint + " refuses it");
        };
    }
}
