package io.mesosiam.admin;

/**
 * One wrong field of an object, with what it must be.
 *
 * @param field the field's name in JSON; empty if the fault concerns no single field
 */
public record Fault(String field, String message) {}
