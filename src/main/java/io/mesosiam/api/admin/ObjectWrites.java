package io.mesosiam.api.admin;

import io.mesosiam.admin.Change;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.Written;
import io.mesosiam.admin.change.Changes;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.preview.WriteOptions;
import io.mesosiam.api.preview.WriteReview;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.util.function.Supplier;

/** Writes one object of any kind, after a review of what ends with it, and answers the request. */
@Singleton
public final class ObjectWrites {
    private final Changes changes;
    private final WriteReview reviews;

    @Inject
    ObjectWrites(Changes changes, WriteReview reviews) {
        this.changes = changes;
        this.reviews = reviews;
    }

    /** Makes a change. A request with wrong parameters is answered with the wrong fields of its body, too. */
    public <K, C, S> Uni<Response> answer(
            WrittenObject<K, C, S> kind,
            Change<K, C> change,
            WriteReason.Stated write,
            WriteOptions options,
            Parameters parameters) {
        WriteReview.Request review = reviews.request(options, parameters);
        return parameters.isClean()
                ? stored(kind, change, write, review)
                : kind.store()
                        .write(changes, change, write.author(), WriteReview.NEVER)
                        .map(written -> refused(written, parameters));
    }

    /**
     * Makes a change that is made of a stored version.
     *
     * @param change reads that version; it is not called for a request with wrong parameters
     */
    public <K, C, S> Uni<Response> restored(
            WrittenObject<K, C, S> kind,
            Supplier<Uni<Change<K, C>>> change,
            WriteReason.Stated write,
            WriteOptions options,
            Parameters parameters) {
        WriteReview.Request review = reviews.request(options, parameters);
        parameters.check();
        return change.get().chain(restore -> stored(kind, restore, write, review));
    }

    private <K, C, S> Uni<Response> stored(
            WrittenObject<K, C, S> kind, Change<K, C> change, WriteReason.Stated write, WriteReview.Request review) {
        return kind.store()
                .write(changes, change, write.author(), review)
                .map(written -> kind.answer(written, write, review.preview()));
    }

    /** Ends a request with wrong parameters. */
    static Response refused(Written<?> written, Parameters parameters) {
        refuse(written, parameters);
        throw new IllegalArgumentException("no parameter is wrong");
    }

    /** Ends a request that has wrong parameters; the answer names the wrong fields of its body, too. */
    public static void refuse(Written<?> written, Parameters parameters) {
        if (!parameters.isClean()
                && written instanceof Written.Not<?> not
                && not.why() instanceof Refused.Invalid invalid) {
            invalid.faults().forEach(fault -> parameters.require(fault.field(), false, fault.message()));
        }
        parameters.check();
    }
}
