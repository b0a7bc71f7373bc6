package io.mesosiam.signin;

/** The tokens were last read too long ago, so that one of them may have been revoked. */
final class TokensUnknown extends RuntimeException {
    private static final long serialVersionUID = 1;

    TokensUnknown() {
        super("the tokens were last read too long ago", null, false, false);
    }
}
