package io.mesosiam.signin;

import io.quarkus.security.ForbiddenException;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The caller has none of the roles that an operation needs. The message says which these are, and where; callers read it. */
public final class MissingRole extends ForbiddenException {
    private static final long serialVersionUID = 1;

    private MissingRole(String message) {
        super(message);
    }

    /** One of the roles is needed in a namespace. */
    static MissingRole in(String namespacePath, Role... roles) {
        String above = namespacePath.equals(RoleGrant.EVERYWHERE) ? "" : ", or in one above it";
        return new MissingRole("this needs " + oneOf(roles) + " in the namespace " + namespacePath + above);
    }

    /** The namespace itself is changed, which needs one of the roles in a namespace above it. */
    public static MissingRole above(String namespacePath, String parent, Role... roles) {
        String further = parent.equals(RoleGrant.EVERYWHERE) ? "" : " or one above that";
        return new MissingRole(
                "a role in " + namespacePath + " does not suffice to change the namespace itself: this needs "
                        + oneOf(roles) + " in " + parent + further);
    }

    /** One of the roles is needed in any namespace. */
    static MissingRole anywhere(Role... roles) {
        return new MissingRole("this needs " + oneOf(roles) + " in a namespace");
    }

    /** One of the roles is needed, by their names. */
    public static MissingRole of(String... names) {
        return new MissingRole("this operation needs " + oneOf(Stream.of(names)) + ". Roles of the caller: see"
                + " /api/v1/tokens/caller");
    }

    private static String oneOf(Role... roles) {
        return oneOf(Stream.concat(Arrays.stream(roles), Stream.of(Role.ADMIN)).map(Role::text));
    }

    private static String oneOf(Stream<String> names) {
        String all = names.distinct().sorted().collect(Collectors.joining(", "));
        return all.contains(",") ? "one of the roles " + all : "the role " + all;
    }
}
