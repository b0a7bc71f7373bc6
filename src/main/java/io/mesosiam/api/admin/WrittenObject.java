package io.mesosiam.api.admin;

import io.mesosiam.admin.Author;
import io.mesosiam.admin.Change;
import io.mesosiam.admin.PolicyContent;
import io.mesosiam.admin.PolicyKey;
import io.mesosiam.admin.StoredPolicy;
import io.mesosiam.admin.Written;
import io.mesosiam.admin.change.ChangeReview;
import io.mesosiam.admin.change.Changes;
import io.mesosiam.api.preview.PreviewView;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How one kind of object is stored, and how writes of it are answered.
 *
 * @param store writes one change
 * @param tag the object's entity tag
 * @param view the object as the API shows it
 * @param <K> what identifies the object
 * @param <C> its content
 * @param <S> the object as it is stored
 */
public record WrittenObject<K, C, S>(Store<K, C, S> store, Function<S, String> tag, Function<S, Object> view) {
    static final WrittenObject<PolicyKey, PolicyContent, StoredPolicy> POLICY =
            new WrittenObject<>(Changes::write, StoredPolicy::tag, StoredPolicyView::of);

    private static final String REQUEST_ID = "X-Request-Id";

    /** Writes one change of an object in a transaction of its own. */
    @FunctionalInterface
    public interface Store<K, C, S> {
        Uni<Written<S>> write(Changes changes, Change<K, C> change, Author author, ChangeReview review);
    }

    /**
     * The answer to a write.
     *
     * @param preview the answer to a write that stores nothing
     * @throws io.mesosiam.api.ProblemException if nothing was written
     */
    Response answer(Written<S> written, WriteReason.Stated write, Optional<PreviewView> preview) {
        return preview.map(shown -> Response.ok(shown)
                        .header(REQUEST_ID, write.author().requestId())
                        .build())
                .orElseGet(() -> answer(written, write.author(), write.expected()));
    }

    private Response answer(Written<S> written, Author author, String expected) {
        return switch (written) {
            case Written.Created<S>(S stored) -> answer(201, stored, author);
            case Written.Changed<S>(S stored) -> answer(200, stored, author);
            case Written.Unchanged<S>(S stored) -> answer(200, stored, author);
            case Written.Deleted<S> _ ->
                Response.noContent().header(REQUEST_ID, author.requestId()).build();
            case Written.Not<S> not -> throw RefusedProblem.of(not.why(), expected);
        };
    }

    private Response answer(int status, S stored, Author author) {
        return of(status, stored).header(REQUEST_ID, author.requestId()).build();
    }

    /** The object with its ETag. */
    public Response.ResponseBuilder of(int status, S stored) {
        return Response.status(status)
                .header(HttpHeaders.ETAG, EntityTags.header(tag.apply(stored)))
                .entity(view.apply(stored));
    }

    /** The header that a request's precondition is from, as the problem of a failed one shows it. */
    public static String expected(@Nullable String ifMatch, @Nullable String ifNoneMatch) {
        return Optional.ofNullable(ifMatch)
                .or(() -> Optional.ofNullable(ifNoneMatch))
                .orElse("");
    }
}
