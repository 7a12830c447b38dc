class TheName:
    def __init__(self):
        self.counts = {}

    def add(self, number):
        self.counts[number] = self.counts.get(number, 0) + 1

    def count(self, number):
        return self.counts[number]  # fails for a number that was never added
