package io.mesosiam.signin;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a caller may do. {@code docs/sign-in.md} lists the operations of each role. */
public enum Role {
    /** Reads everything but audit events and tokens. */
    VIEWER(Names.VIEWER),
    /** Withdraws credentials, ends grants, and drains agents; reads what a viewer reads. */
    OPERATOR(Names.OPERATOR),
    /** Writes policies and grants of a namespace and those below it. */
    NAMESPACE_ADMIN(Names.NAMESPACE_ADMIN),
    /** Makes and ends grants for single launches, within the bounds of a namespace; reads them. */
    SPAWNER(Names.SPAWNER),
    /** May do everything, in every namespace or below one. */
    ADMIN(Names.ADMIN),
    /** Reads everything, audit events and tokens included; changes nothing. */
    AUDITOR(Names.AUDITOR);

    /** The roles as text, for {@code @RolesAllowed}. */
    public static final class Names {
        public static final String VIEWER = "viewer";
        public static final String OPERATOR = "operator";
        public static final String NAMESPACE_ADMIN = "namespace-admin";
        public static final String SPAWNER = "spawner";
        public static final String ADMIN = "admin";
        public static final String AUDITOR = "auditor";

        private Names() {}
    }

    private final String text;

    Role(String text) {
        this.text = text;
    }

    /** The role as settings, tokens and openapi.yaml name it. */
    public String text() {
        return text;
    }

    /** The role with this name; empty for any other text. */
    public static Optional<Role> of(String text) {
        return Arrays.stream(values()).filter(role -> role.text.equals(text)).findFirst();
    }

    /** All names, for messages. */
    static String names() {
        return Arrays.stream(values()).map(Role::text).collect(Collectors.joining(", "));
    }
}
