package io.mesosiam.api.preview;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.admin.grant.StoredGrant;
import io.mesosiam.api.AnsweringController;
import io.mesosiam.api.PageTurns;
import io.mesosiam.lease.grant.GrantTable;
import io.mesosiam.policy.PolicyChange;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.preview.live.LivePreview;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Callers;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Says what grants that are not stored would do. */
@Singleton
public final class GrantReview {
    private final LivePreview preview;
    private final GrantTable grants;
    private final Callers callers;
    private final AnsweringController answering;
    private final ObjectMapper json;

    /** Of their own: a preview can read the database, which lists and explanations must not wait for. */
    private final PageTurns turns = new PageTurns();

    private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();

    @Inject
    GrantReview(
            LivePreview preview, GrantTable grants, Callers callers, AnsweringController answering, ObjectMapper json) {
        this.answering = answering;
        this.json = json;
        this.preview = preview;
        this.grants = grants;
        this.callers = callers;
    }

    /** What a new grant would do. Without a task id it is for tasks that start later: none can have its label yet. */
    public Uni<PreviewView> made(StoredGrant grant) {
        Caller caller = callers.current();
        return grants.read(grant.row())
                .chain(made -> preview(caller, () -> grants.current().with(List.of(made))));
    }

    /** What the end of a grant would do. */
    public Uni<PreviewView> ended(StoredGrant grant) {
        return preview(callers.current(), () -> grants.current().without(grant.id()));
    }

    private Uni<PreviewView> preview(Caller caller, Supplier<GrantSet> after) {
        return Uni.createFrom()
                .voidItem()
                // a preview can take a second, and waits for those before it: not on an event loop
                .emitOn(threads)
                .map(_ -> turns.take(() -> PreviewView.of(
                        preview.of(List.of(new PolicyChange.Grant(grants.inForce(after.get()))), OptionalLong.empty())
                                .orElseThrow(WriteReview::unknown)
                                .withoutObjection(),
                        caller,
                        answering.others(),
                        json)));
    }
}
