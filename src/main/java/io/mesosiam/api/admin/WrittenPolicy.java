package io.mesosiam.api.admin;

import io.mesosiam.admin.Author;
import io.mesosiam.admin.StoredPolicy;
import io.mesosiam.admin.Written;
import io.mesosiam.api.preview.WriteReview;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

/** The answer to a write of one policy. */
final class WrittenPolicy {
    private static final String REQUEST_ID = "X-Request-Id";

    private WrittenPolicy() {}

    /**
     * The answer; the preview for a write that stores nothing.
     *
     * @param expected the request's If-Match or If-None-Match
     * @throws io.mesosiam.api.ProblemException if nothing was written
     */
    static Response answer(Written<StoredPolicy> written, Author author, WriteReview.Request review, String expected) {
        return review.preview()
                .map(preview -> Response.ok(preview)
                        .header(REQUEST_ID, author.requestId())
                        .build())
                .orElseGet(() -> answer(written, author, expected));
    }

    private static Response answer(Written<StoredPolicy> written, Author author, String expected) {
        return switch (written) {
            case Written.Created<StoredPolicy>(StoredPolicy policy) -> answer(201, policy, author);
            case Written.Changed<StoredPolicy>(StoredPolicy policy) -> answer(200, policy, author);
            case Written.Unchanged<StoredPolicy>(StoredPolicy policy) -> answer(200, policy, author);
            case Written.Deleted<StoredPolicy> _ ->
                Response.noContent().header(REQUEST_ID, author.requestId()).build();
            case Written.Not<StoredPolicy> not -> throw RefusedProblem.of(not.why(), author.requestId(), expected);
        };
    }

    private static Response answer(int status, StoredPolicy policy, Author author) {
        return of(status, policy).header(REQUEST_ID, author.requestId()).build();
    }

    /** The policy with its ETag. */
    static Response.ResponseBuilder of(int status, StoredPolicy policy) {
        return Response.status(status)
                .header(HttpHeaders.ETAG, EntityTags.header(policy.tag()))
                .entity(StoredPolicyView.of(policy));
    }
}
