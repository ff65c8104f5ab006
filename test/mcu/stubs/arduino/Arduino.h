// What sketches find without asking for it.
#pragma once
#include <stddef.h>
#include <stdint.h>

unsigned long millis();
unsigned long micros();
void delay(unsigned long milliseconds);

struct StubSerial {
    void begin(unsigned long baud);
    void print(const char* text);
    void print(long number);
    void print(double number);
    void print(int number) { print(static_cast<long>(number)); }
    void print(unsigned long number) { print(static_cast<long>(number)); }
    void println() { print("\n"); }
    template <class T>
    void println(T value) {
        print(value);
        println();
    }
};
extern StubSerial Serial;

void setup();
void loop();
