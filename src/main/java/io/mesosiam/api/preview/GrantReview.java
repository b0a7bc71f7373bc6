package io.mesosiam.api.preview;

import io.mesosiam.admin.grant.StoredGrant;
import io.mesosiam.preview.live.LivePreview;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Callers;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.OptionalLong;

/** Says what grants that are not stored would do. */
@Singleton
public final class GrantReview {
    private final LivePreview preview;
    private final Callers callers;

    @Inject
    GrantReview(LivePreview preview, Callers callers) {
        this.preview = preview;
        this.callers = callers;
    }

    /** What a new grant would do. */
    public Uni<PreviewView> made(StoredGrant grant) {
        return preview(grant);
    }

    /** What the end of a grant would do. */
    public Uni<PreviewView> ended(StoredGrant grant) {
        return preview(grant);
    }

    private Uni<PreviewView> preview(StoredGrant grant) {
        Caller caller = callers.current();
        return Uni.createFrom()
                .item(grant)
                // a preview can take a second: not on an event loop
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(_ -> PreviewView.of(
                        preview.of(List.of(), OptionalLong.empty()).orElseThrow(WriteReview::unknown), caller));
    }
}
