package io.mesosiam.api.admin;

import io.mesosiam.admin.Author;
import io.mesosiam.admin.namespace.Namespaces;
import io.mesosiam.api.Forms;
import io.mesosiam.api.Parameters;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Callers;
import io.mesosiam.signin.CurrentRequest;
import io.mesosiam.signin.MissingRole;
import io.mesosiam.signin.Role;
import io.mesosiam.signin.RoleGrant;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** The author of a write: the signed-in caller, with the stated reason. */
@Singleton
public final class Authors {
    private final Callers callers;
    private final CurrentRequest request;

    @Inject
    Authors(Callers callers, CurrentRequest request) {
        this.callers = callers;
        this.request = request;
    }

    /**
     * The author of a write in a namespace, who must have one of the roles there. Reports a reason that is missing or too
     * long.
     */
    public Author author(String namespace, @Nullable String reason, Parameters parameters, Role... roles) {
        require(namespace, roles);
        return anywhere(reason, parameters);
    }

    /** The author of a write whose namespaces are checked with {@link #require}. */
    public Author anywhere(@Nullable String reason, Parameters parameters) {
        boolean stated = parameters.require(
                "reason",
                reason != null && isReason(reason),
                "is required: why this changes, 1 to 1024 characters without control characters");
        return author(stated && reason != null ? reason : "none");
    }

    /** The author of changes that are not stored, which need no reason. */
    public Author previewing() {
        return author("preview");
    }

    private Author author(String reason) {
        Caller caller = callers.current();
        return new Author(caller.name(), caller.signIn().text(), caller.address(), reason, request.id());
    }

    /** Ends the request unless its caller has one of the roles in the namespace, or is admin there. */
    public void require(String namespace, Role... roles) {
        var _ = callers.require(namespace, roles);
    }

    /** The author of a write of a namespace itself, who must be administrator above it. Reports an invalid reason. */
    public Author bounding(String namespace, @Nullable String reason, Parameters parameters) {
        requireAbove(namespace);
        return anywhere(reason, parameters);
    }

    /**
     * Ends the request unless its caller is administrator of a namespace above this one: the bounds of a namespace hold for
     * its own administrator. Those of the root are for its admin.
     */
    public void requireAbove(String namespace) {
        if (namespace.equals(RoleGrant.EVERYWHERE)) {
            require(namespace);
        } else {
            String parent = Namespaces.parent(namespace);
            var _ = callers.require(
                    parent, MissingRole.above(namespace, parent, Role.NAMESPACE_ADMIN), Role.NAMESPACE_ADMIN);
        }
    }

    private static boolean isReason(String text) {
        return text.codePointCount(0, text.length()) <= Author.LONGEST_REASON
                && text.matches(Forms.LINE)
                && text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
}
