package io.mesosiam.api.trust;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.Written;
import io.mesosiam.admin.trust.StoredTrust;
import io.mesosiam.admin.trust.Trusts;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.admin.EntityTags;
import io.mesosiam.api.admin.RefusedProblem;
import io.mesosiam.api.admin.WriteReason;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

/** What the operations on attribute trust have in common. */
final class TrustAnswers {
    private TrustAnswers() {}

    /** Ends a request with wrong parameters, and names the wrong fields of its body too. */
    static Uni<Void> checked(Trusts trusts, Parameters parameters, JsonNode document) {
        if (parameters.isClean()) {
            return Uni.createFrom().voidItem();
        }
        return trusts.faults(document)
                .invoke(faults -> {
                    faults.forEach(fault -> parameters.require(fault.field(), false, fault.message()));
                    parameters.check();
                })
                .replaceWithVoid();
    }

    /** One with its ETag. */
    static Response.ResponseBuilder of(int status, StoredTrust trust) {
        return Response.status(status)
                .header(HttpHeaders.ETAG, EntityTags.header(trust.tag()))
                .entity(TrustView.of(trust));
    }

    /**
     * The answer to a write.
     *
     * @throws io.mesosiam.api.ProblemException if nothing was written
     */
    static Response answer(Written<StoredTrust> written, WriteReason.Stated write) {
        Response.ResponseBuilder response =
                switch (written) {
                    case Written.Created<StoredTrust>(StoredTrust stored) -> of(201, stored);
                    case Written.Changed<StoredTrust>(StoredTrust stored) -> of(200, stored);
                    case Written.Unchanged<StoredTrust>(StoredTrust stored) -> of(200, stored);
                    case Written.Deleted<StoredTrust> _ -> Response.noContent();
                    case Written.Not<StoredTrust> not ->
                        throw RefusedProblem.of(not.why(), write.author().requestId(), write.expected());
                };
        return response.header("X-Request-Id", write.author().requestId()).build();
    }
}
