package io.mesosiam.api.preview;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.admin.Constraints;
import io.mesosiam.admin.Policies;
import io.mesosiam.admin.Refused.Fault;
import io.mesosiam.admin.change.ChangeReview;
import io.mesosiam.admin.change.ChangeReview.Rows;
import io.mesosiam.admin.trust.StoredTrust;
import io.mesosiam.api.AnsweringController;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.Problem;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.policy.Attribute;
import io.mesosiam.policy.AttributeTrust;
import io.mesosiam.policy.PolicyChange;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.bounds.Namespaces;
import io.mesosiam.policy.store.NamespaceRows;
import io.mesosiam.policy.store.PolicyRows;
import io.mesosiam.policy.store.PolicyRows.Reading;
import io.mesosiam.policy.store.PolicyTable;
import io.mesosiam.preview.live.LivePreview;
import io.mesosiam.preview.live.Previewed;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Callers;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Previews the changes of each write before they are committed. */
@Singleton
public final class WriteReview {
    /** For changes that are not stored, whatever they do. */
    public static final ChangeReview NEVER = _ -> Uni.createFrom().item(false);

    private static final String UNUSABLE = "decisions can't use it: ";

    /** How long a write waits until this controller decides with the policies that it changes; usually milliseconds. */
    private static final Duration FOLLOWED = Duration.ofSeconds(2);

    private final LivePreview preview;
    private final PolicyTable policies;
    private final PolicyRows rows;
    private final NamespaceRows bounds;
    private final Callers callers;
    private final AnsweringController answering;
    private final ObjectMapper json;

    @Inject
    WriteReview(
            LivePreview preview,
            PolicyTable policies,
            PolicyRows rows,
            NamespaceRows bounds,
            Callers callers,
            AnsweringController answering,
            ObjectMapper json) {
        this.answering = answering;
        this.json = json;
        this.preview = preview;
        this.policies = policies;
        this.rows = rows;
        this.bounds = bounds;
        this.callers = callers;
    }

    /** The review of one request's changes; reports its parameters that are not valid. */
    public Request request(WriteOptions options, Parameters parameters) {
        return new Request(options.dry(parameters), options.confirmed(parameters), callers.current());
    }

    /** The review of changes that are never stored. */
    public Request previewOnly() {
        return new Request(true, OptionalLong.empty(), callers.current());
    }

    /** The review of one request's changes. */
    public final class Request implements ChangeReview {
        private final boolean dry;
        private final OptionalLong confirmed;
        private final Caller caller;
        private final AtomicReference<Optional<PreviewView>> shown = new AtomicReference<>(Optional.empty());

        private Request(boolean dry, OptionalLong confirmed, Caller caller) {
            this.dry = dry;
            this.confirmed = confirmed;
            this.caller = caller;
        }

        /** The answer to a request that stores nothing; empty before the review, and if the request stores its changes. */
        public Optional<PreviewView> preview() {
            return shown.get();
        }

        /**
         * @return fails with a {@link ProblemException} if decisions can't use a row, if too many leases would end, or if
         *     this controller can't say
         */
        @Override
        public Uni<Boolean> commits(Rows changed) {
            if (changed.isEmpty() && !dry) {
                return Uni.createFrom().item(true);
            }
            return rows.read(changed.policies().stream()
                            .flatMap(change -> change.row().stream())
                            .toList())
                    .chain(policies ->
                            bounds.read(changed.namespaces()).map(namespaces -> changes(changed, policies, namespaces)))
                    // a preview can take a second: not on an event loop
                    .emitOn(Infrastructure.getDefaultWorkerPool())
                    .map(all -> review(all, changed));
        }

        /** A preview from older policies would miss what an earlier write has taken from the same tasks. */
        private boolean review(List<PolicyChange> changes, Rows changed) {
            if (!policies.awaitVersion(changed.base(), FOLLOWED)) {
                throw behind();
            }
            List<PolicyChange> all = new ArrayList<>(changes);
            changed.trusts()
                    .ifPresent(rows -> all.addAll(statements(policies.current().trusted(), rows)));
            Optional<Previewed> previewed = preview.of(all, confirmed);
            if (dry) {
                shown.set(Optional.of(
                        PreviewView.of(previewed.orElseThrow(WriteReview::unknown), caller, answering.others(), json)));
                return false;
            }
            if (previewed.isEmpty() && preview.liveLeases() > 0) {
                throw unknown();
            }
            previewed.ifPresent(known -> permit(known));
            return true;
        }
    }

    /** The bounds are applied last, so policies are compared with those that are stored at the end. */
    private static List<PolicyChange> changes(Rows changed, List<Reading> policies, Optional<Namespaces> namespaces) {
        List<PolicyChange> all = new ArrayList<>();
        List<Problem.FieldError> errors = new ArrayList<>();
        changed.policies().stream()
                .filter(change -> change.row().isEmpty())
                .forEach(change -> all.add(new PolicyChange.Remove(new PolicyId(change.policy()))));
        policies.forEach(row -> {
            switch (row) {
                case Reading.Usable usable -> all.add(new PolicyChange.Put(usable.policy()));
                case Reading.Unusable unusable -> errors.add(unusable(Policies.CONSTRAINTS, unusable.reason()));
            }
        });
        namespaces.ifPresent(known -> {
            all.add(new PolicyChange.Bound(known));
            known.all().stream()
                    .filter(namespace -> changed.writtenNamespaces().contains(namespace.path()))
                    .flatMap(namespace -> namespace.unreadable().stream())
                    .map(reason -> unusable(io.mesosiam.admin.namespace.Namespaces.CONSTRAINTS, reason))
                    .forEach(errors::add);
        });
        if (!errors.isEmpty()) {
            throw new ProblemException(
                    ProblemCode.INVALID_OBJECT,
                    "the database accepts this, but no decision can use it",
                    Problem.Extras.of(errors));
        }
        return all;
    }

    /** The changes that make the trust before into the rows. */
    private static List<PolicyChange> statements(Set<AttributeTrust> before, List<StoredTrust> rows) {
        Set<AttributeTrust> after = rows.stream()
                .map(row -> new AttributeTrust(row.frameworkPrincipal(), Attribute.parse(row.attribute()), row.key()))
                .collect(Collectors.toUnmodifiableSet());
        return Stream.<PolicyChange>concat(
                        before.stream()
                                .filter(stated -> !after.contains(stated))
                                .map(PolicyChange.Distrust::new),
                        after.stream().map(PolicyChange.Trust::new))
                .toList();
    }

    /** @param reason begins with the column that decisions can't use */
    private static Problem.FieldError unusable(Constraints constraints, String reason) {
        Fault fault = constraints.fault("", reason);
        return new Problem.FieldError(fault.field(), UNUSABLE + fault.message());
    }

    private static void permit(Previewed previewed) {
        previewed.objection().ifPresent(objection -> {
            throw new ProblemException(
                    ProblemCode.BLAST_RADIUS,
                    objection,
                    new Problem.Extras(
                            List.of(),
                            Optional.empty(),
                            OptionalLong.of(previewed.effects().ended().size())));
        });
    }

    private static ProblemException behind() {
        return new ProblemException(
                ProblemCode.UNAVAILABLE,
                "this controller hasn't read the newest policies yet, so it can't say which leases end; try again");
    }

    static ProblemException unknown() {
        return new ProblemException(
                ProblemCode.UNAVAILABLE,
                "this controller doesn't know the running tasks yet, so it can't say which leases end; try again");
    }
}
