package io.mesosiam.api.admin;

import io.mesosiam.admin.Author;
import io.mesosiam.admin.StoredPolicy;
import io.mesosiam.admin.Written;
import io.mesosiam.api.preview.WriteReview;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The answers to writes of one kind of object.
 *
 * @param tag the object's entity tag
 * @param view the object as the API shows it
 */
public record WrittenObject<S>(Function<S, String> tag, Function<S, Object> view) {
    static final WrittenObject<StoredPolicy> POLICY = new WrittenObject<>(StoredPolicy::tag, StoredPolicyView::of);

    private static final String REQUEST_ID = "X-Request-Id";

    /**
     * The answer; the preview for a write that stores nothing.
     *
     * @param expected the request's If-Match or If-None-Match
     * @throws io.mesosiam.api.ProblemException if nothing was written
     */
    public Response answer(Written<S> written, Author author, WriteReview.Request review, String expected) {
        return review.preview()
                .map(preview -> Response.ok(preview)
                        .header(REQUEST_ID, author.requestId())
                        .build())
                .orElseGet(() -> answer(written, author, expected));
    }

    private Response answer(Written<S> written, Author author, String expected) {
        return switch (written) {
            case Written.Created<S>(S stored) -> answer(201, stored, author);
            case Written.Changed<S>(S stored) -> answer(200, stored, author);
            case Written.Unchanged<S>(S stored) -> answer(200, stored, author);
            case Written.Deleted<S> _ ->
                Response.noContent().header(REQUEST_ID, author.requestId()).build();
            case Written.Not<S> not -> throw RefusedProblem.of(not.why(), author.requestId(), expected);
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
