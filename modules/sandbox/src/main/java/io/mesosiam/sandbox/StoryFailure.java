package io.mesosiam.sandbox;

/** Something went otherwise than it is told. */
final class StoryFailure extends Exception {
    private static final long serialVersionUID = 1;

    StoryFailure(String what) {
        super(what);
    }
}
