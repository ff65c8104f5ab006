// A board that stands still: it prints nothing and runs the sketch once.
#include "Arduino.h"

StubSerial Serial;
void StubSerial::begin(unsigned long) {}
void StubSerial::print(const char*) {}
void StubSerial::print(long) {}
void StubSerial::print(double) {}

unsigned long millis() { return 0; }
unsigned long micros() { return 0; }
void delay(unsigned long) {}

int main() {
    setup();
    loop();
    return 0;
}
